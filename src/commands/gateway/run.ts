import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { Failure } from '../../lib/failure.ts';
import type { Ending } from '../../lib/gateway/ending.ts';
import { runGateway } from '../../lib/gateway/runner.ts';
import type { Site } from '../../lib/site.ts';

type Place = 'supervised' | 'foreground' | 'redirect';

/** Where the gateway runs: here when we are what s6 supervises, nobody supervises, or that was declined. */
function placeOf({ env, detection }: Site, declined: boolean): Place {
  if ((env['HERMES_S6_SUPERVISED_CHILD'] ?? '') !== '') return 'supervised';
  if (declined || /^(1|true|yes)$/i.test(env['HERMES_GATEWAY_NO_SUPERVISE'] ?? '')) return 'foreground';
  return detection.kind === 's6' ? 'redirect' : 'foreground';
}

export default class GatewayRun extends BaseCommand {
  static override summary = 'Run a gateway as this process: what s6 supervises, or in the foreground.';

  static override description =
    'It loads .env and config.yaml, runs the program of gateway.command or the built-in echo gateway, and ends with 0 when that was planned, 143 after any other SIGTERM, 78 when its configuration cannot work, else 1 or the code of the program.';

  static override examples = ['<%= config.bin %> -p coder gateway run --no-supervise'];

  static override flags = {
    'no-supervise': Flags.boolean({ summary: 'Stay in the foreground also where s6 could supervise.' }),
  };

  async run(): Promise<{ schema: string; profile: string } & Ending> {
    const { flags } = await this.parse(GatewayRun);
    const site = this.site(flags.profile);
    const place = placeOf(site, flags['no-supervise']);
    if (place === 'redirect') throw supervised(site.profile);
    const ending = await runGateway(site, {
      profile: site.profile,
      slot: place === 'supervised' ? process.cwd() : null,
      signals: process,
      say: (line) => this.note(line),
    });
    const answer = this.answer({ profile: site.profile, ...ending });
    process.exitCode = ending.exit;
    return answer;
  }
}

function supervised(profile: string): Failure {
  return new Failure(`the gateway of ${profile} is supervised by s6 here`, {
    code: 'SUPERVISED',
    exit: 1,
    hint: `start it with "hermes gateway start -p ${profile}", or run it in the foreground with --no-supervise`,
  });
}
