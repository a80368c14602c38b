import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { belongsToCommand, commandCarrier } from '../../lib/boot/container-command.ts';
import { Failure } from '../../lib/failure.ts';
import type { Ending } from '../../lib/gateway/ending.ts';
import { redirect, stay } from '../../lib/gateway/redirect.ts';
import { runGateway } from '../../lib/gateway/runner.ts';
import { soleGateway } from '../../lib/gateway/sole.ts';
import { profileHome } from '../../lib/profile/home.ts';
import { assertProfile } from '../../lib/profile/store.ts';
import { isOn, type Site } from '../../lib/site.ts';

type Place = 'supervised' | 'foreground' | 'redirect';

/** Where the gateway runs: here when we are what s6 supervises, nobody supervises, or that was declined. */
function placeOf({ env, detection }: Site, declined: boolean): Place {
  if ((env['HERMES_S6_SUPERVISED_CHILD'] ?? '') !== '') return 'supervised';
  if (declined || isOn(env, 'HERMES_GATEWAY_NO_SUPERVISE')) return 'foreground';
  return detection.kind === 's6' ? 'redirect' : 'foreground';
}

export default class GatewayRun extends BaseCommand {
  static override summary = 'Run a gateway as this process: what s6 supervises, or in the foreground.';

  static override description =
    'It loads .env and config.yaml, runs the program of gateway.command or the built-in echo gateway, and ends with 0 when that was planned, 143 after any other SIGTERM, 78 when its configuration cannot work, else 1 or the code of the program.';

  static override examples = ['<%= config.bin %> -p coder gateway run --no-supervise'];

  static override flags = {
    'no-supervise': Flags.boolean({ summary: 'Stay in the foreground also where s6 could supervise.' }),
    'exit-on-failure': Flags.boolean({
      summary: "As a container's command: end with the gateway's code when it fails for good.",
    }),
  };

  // Words that another program knew: a container must not die of them, so they come here to be named.
  static override strict = false;
  static '--' = false as const;

  async run(): Promise<{ schema: string; profile: string } & Ending> {
    const { argv, flags } = await this.parse(GatewayRun);
    const site = this.site(flags.profile);
    const place = placeOf(site, flags['no-supervise']);
    if (place === 'redirect') return this.redirected(site, flags['exit-on-failure'], argv.map(String));
    if (argv.length > 0) throw unexpected(argv.map(String));
    if (place === 'foreground') assertProfile(site.root, site.profile);
    const held = place === 'foreground' ? soleGateway(site, profileHome(site.root, site.profile)) : null;
    const ending = await runGateway(site, {
      profile: site.profile,
      slot: place === 'supervised' ? process.cwd() : null,
      signals: process,
      say: (line) => this.note(line),
    });
    held?.release();
    const answer = this.answer({ profile: site.profile, ...ending });
    process.exitCode = ending.exit;
    return answer;
  }

  /** As the container's command: hands the gateway to s6, and stays. */
  private async redirected(site: Site, exitOnFailure: boolean, words: readonly string[]) {
    if (!belongsToCommand(commandCarrier(), process.pid)) {
      assertProfile(site.root, site.profile);
      throw supervised(site.profile);
    }
    const dropped = this.jsonEnabled() ? ['--json', ...words] : words;
    await redirect(site, site.profile, { dropped, say: (line) => this.note(line) });
    const ending = await stay(site, site.profile, { exitOnFailure, signals: process });
    const answer = this.answer({ profile: site.profile, ...ending });
    process.exitCode = ending.exit;
    return answer;
  }
}

function unexpected(words: readonly string[]): Failure {
  return new Failure(`gateway run takes no ${words.join(' ')}`, {
    code: 'USAGE',
    exit: 2,
    hint: 'See "hermes gateway run --help".',
  });
}

function supervised(profile: string): Failure {
  return new Failure(`the gateway of ${profile} is supervised by s6 here`, {
    code: 'SUPERVISED',
    exit: 1,
    hint: `Start it with "hermes gateway start -p ${profile}", or run it in the foreground with --no-supervise.`,
  });
}
