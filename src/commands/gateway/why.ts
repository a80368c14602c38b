import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type * as z from 'zod/mini';
import { BaseCommand } from '../../base-command.ts';
import { sinceFlag } from '../../excerpt-flags.ts';
import { neutralised } from '../../lib/gateway/log-line.ts';
import { statusWords } from '../../lib/gateway/words.ts';
import { parseMoment } from '../../lib/moment.ts';
import { gatherCase } from '../../lib/why/case.ts';
import { eventJson } from '../../lib/why/event.ts';
import { verdictOf } from '../../lib/why/verdict.ts';
import type whySchema from '../../schemas/gateway/why.ts';
import { targets } from '../../targets.ts';
import { timeline } from '../../why-lines.ts';

const usualEvents = 20;

export default class GatewayWhy extends BaseCommand {
  static override summary = 'Tell why a gateway is as it is, and what to type next.';

  static override description =
    'One timeline of boot passes, commands (who, when, why) and deaths with the last log lines of each, then what is wanted and what is, then the answer. Exit code 0 whenever there is an answer: "gateway status" has the codes that tell the state.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> coder',
    { description: 'With more of what it said', command: '<%= config.bin %> <%= command.id %> coder -n 20' },
  ];

  static override args = {
    name: Args.string({ description: 'The profile whose gateway is meant; see also -p.', ignoreStdin: true }),
  };

  static override flags = {
    lines: Flags.integer({ char: 'n', summary: 'Log lines a death.', helpValue: 'N', min: 0, default: 3 }),
    since: sinceFlag,
  };

  async run(): Promise<z.infer<typeof whySchema>> {
    const { args, flags } = await this.parse(GatewayWhy);
    const site = this.site(flags.profile);
    const names = args.name === undefined ? undefined : [args.name];
    const [profile = site.profile] = targets(site, { names, profileFlag: flags.profile, all: false });
    const since = flags.since === undefined ? null : parseMoment(flags.since, site.now());
    const { facts, troubles } = await gatherCase(site, profile, flags.lines);
    for (const trouble of troubles) this.note(`Warning: ${trouble}`);
    const events = facts.events.filter(({ at }) => since === null || at >= since);
    for (const line of timeline(events, since === null ? usualEvents : Infinity)) this.say(line);
    const verdict = verdictOf(facts);
    const { status, wish: wanted, memory, now } = facts;
    const wish = wanted.state === null ? 'nothing wanted' : `wanted ${wanted.state}`;
    this.say(
      `${now.toISOString()}  now      ${wish}, ${status.state}  ${statusWords(status, now)}`.trimEnd(),
    );
    this.say(`\n${neutralised(verdict.why)}\n${neutralised(verdict.next)}`);
    return this.answer({
      gateway: status,
      wanted,
      events: events.map(eventJson),
      memory_kills: memory,
      ...verdict,
    }) as z.infer<typeof whySchema>;
  }
}
