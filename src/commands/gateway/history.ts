import { BaseCommand } from '../../base-command.ts';
import { linesFlag, sinceFlag } from '../../excerpt-flags.ts';
import { neutralised } from '../../lib/gateway/log-line.ts';
import { readJournal } from '../../lib/gateway/journal.ts';
import type { JournalEntry } from '../../lib/gateway/journal-entry.ts';
import { unknownGateway } from '../../lib/gateway/registry.ts';
import { parseMoment } from '../../lib/moment.ts';
import { profileExists } from '../../lib/profile/store.ts';
import { nameArgs, targets } from '../../targets.ts';

const usualCount = 50;

export default class GatewayHistory extends BaseCommand {
  static override summary = 'Who changed what, when, why and with what result.';

  static override description =
    'Reads logs/lifecycle.jsonl, to which every command that changes something appends. Without names and -p: all profiles, deleted ones too; without -n or --since: the last 50 changes.';

  static override examples = [
    { description: 'The last changes', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'What happened to one gateway today',
      command: '<%= config.bin %> <%= command.id %> coder --since 1d',
    },
  ];

  static override args = nameArgs;

  static override flags = { lines: linesFlag, since: sinceFlag };

  async run(): Promise<{ schema: string; entries: JournalEntry[] }> {
    const { args, flags } = await this.parse(GatewayHistory);
    const site = this.site(flags.profile);
    const isNamed = args.name !== undefined || flags.profile !== undefined;
    const profiles = isNamed
      ? targets(site, { names: args.name, profileFlag: flags.profile, all: false })
      : [];
    const whole = readJournal(site);
    for (const name of profiles)
      if (!profileExists(site.root, name) && !whole.some(({ profile }) => profile === name))
        throw unknownGateway(site, name);
    const since = flags.since === undefined ? null : parseMoment(flags.since, site.now());
    const all = whole
      .filter(({ profile }) => !isNamed || profiles.some((name) => name === profile))
      .filter(({ at }) => since === null || new Date(at) >= since);
    const count = flags.lines ?? (since === null ? usualCount : all.length);
    const entries = all.slice(Math.max(0, all.length - count));
    for (const entry of entries) this.say(sentence(entry));
    if (entries.length === 0) this.say('Nothing has been changed by a command in that time.');
    return this.answer({ entries });
  }
}

function sentence({ at, profile, action, actor, reason, outcome, seconds, error }: JournalEntry): string {
  const what = `${at}  ${action} ${profile}: ${outcome} after ${seconds.toFixed(1)} s`;
  const why = reason === null ? '' : `, because "${reason}"`;
  const who = `, by ${actor.user} (${actor.via})`;
  return neutralised(`${what}${who}${why}${error === null ? '' : ` - ${error}`}`);
}
