import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { type FailureJson, failureJson, worstExit } from '../../lib/failure.ts';
import {
  assertAll,
  type GatewayStatus,
  selectedStatus,
  statusExit,
  type Statuses,
} from '../../lib/gateway/status.ts';
import { watchStatus } from '../../lib/gateway/watch.ts';
import { statusLines } from '../../status-lines.ts';
import { showChanges } from '../../status-watch.ts';
import { allFlag, nameArgs, targets } from '../../targets.ts';

interface StatusAnswer {
  readonly schema: string;
  readonly manager: 's6';
  readonly gateways: readonly GatewayStatus[];
  /** Why others cannot be told of; missing: all can. */
  readonly errors?: readonly ({ readonly profile: string } & FailureJson)[];
}

export default class GatewayStatusCommand extends BaseCommand {
  static override summary = 'Show what gateways are, what is wanted of them, and how the two differ.';

  static override description =
    'States: ready, up (nobody will say ready), starting, stopping, backoff (it keeps dying), failed (given up after 78), down, unsupervised, missing (no slot). Exit code 0 when up, ready and wanted; 3 when down as intended, starting or stopping; 1 when wanted and actual differ; 4 without a slot or supervisor. Of several, one that cannot be told of hides no other: it is an error on stderr, and in `errors` of the JSON. --watch shows each change as it happens until q or Ctrl-C, and ends with the code of what it saw last.';

  static override examples = [
    '<%= config.bin %> gateway status coder',
    '<%= config.bin %> gateway status --all --json',
    '<%= config.bin %> gateway status --all --watch',
  ];

  static override args = nameArgs;

  static override flags = {
    all: allFlag,
    watch: Flags.boolean({ char: 'w', summary: 'Go on, and show what changes.', default: false }),
  };

  async run(): Promise<StatusAnswer | undefined> {
    const { args, flags } = await this.parse(GatewayStatusCommand);
    const site = this.site(flags.profile);
    const select = () => targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    const lines = (gateway: GatewayStatus, width: number) =>
      statusLines(gateway, width, site.now(), (colour, text) => this.paint(colour, text));
    if (flags.watch) {
      const json = (gateways: readonly GatewayStatus[]) => this.statusAnswer({ gateways, failures: [] });
      const watch = (signal: AbortSignal) => watchStatus(site, select, signal);
      json(await showChanges({ watch, lines, json: this.jsonEnabled() ? json : null }));
      return undefined;
    }
    const statuses = await selectedStatus(site, select);
    const { gateways, failures } = statuses;
    // One alone is the whole answer.
    if (gateways.length + failures.length === 1) assertAll(statuses);
    this.say('Manager: s6 (container supervisor)');
    const width = Math.max(...gateways.map(({ profile }) => profile.length));
    for (const line of gateways.flatMap((gateway) => lines(gateway, width))) this.say(line);
    const answer = this.statusAnswer(statuses);
    if (!this.jsonEnabled())
      for (const { profile, message, hint } of answer.errors ?? [])
        this.note(`Error: ${profile}: ${message}${hint === null ? '' : `\n${hint}`}`);
    return answer;
  }

  private statusAnswer({ gateways, failures }: Statuses): StatusAnswer {
    const errors = failures.map(({ profile, error }) => ({ profile, ...failureJson(error) }));
    const exits = [...gateways.map(statusExit), ...failures.map(({ error }) => error.exit)];
    const told = { manager: 's6' as const, gateways };
    return this.answer(errors.length === 0 ? told : { ...told, errors }, worstExit(exits));
  }
}
