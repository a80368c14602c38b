import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { neutralised } from '../../lib/gateway/log-line.ts';
import { readJournal } from '../../lib/gateway/journal.ts';
import type { JournalEntry } from '../../lib/gateway/journal-entry.ts';
import { parseMoment } from '../../lib/moment.ts';
import { parseProfileName } from '../../lib/profile/name.ts';
import { nameArgs } from '../../targets.ts';

const usualCount = 50;

export default class GatewayHistory extends BaseCommand {
  static override summary = 'Who changed what, when, why and with what result.';

  static override description =
    'Reads logs/lifecycle.jsonl, to which every command that changes something appends. Without names and -p: all profiles, deleted ones too.';

  static override examples = [
    { description: 'The last changes', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'What happened to one gateway today',
      command: '<%= config.bin %> <%= command.id %> coder --since 1d',
    },
  ];

  static override args = nameArgs;

  static override flags = {
    lines: Flags.integer({
      char: 'n',
      summary: 'At most this many, the last ones.',
      helpValue: 'N',
      min: 0,
      default: usualCount,
    }),
    since: Flags.string({
      summary: 'Since then: 90s, 10m, 2h, 3d (ago), or an ISO time.',
      helpValue: 'WHEN',
    }),
  };

  async run(): Promise<{ schema: string; entries: JournalEntry[] }> {
    const { args, flags } = await this.parse(GatewayHistory);
    const site = this.site(flags.profile);
    const named = [...(args.name ?? []), ...(flags.profile === undefined ? [] : [flags.profile])];
    const profiles = new Set<string>(named.map(parseProfileName));
    const since = flags.since === undefined ? null : parseMoment(flags.since, site.now());
    const all = readJournal(site)
      .filter(({ profile }) => profiles.size === 0 || profiles.has(profile))
      .filter(({ at }) => since === null || new Date(at) >= since);
    const entries = all.slice(Math.max(0, all.length - flags.lines));
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
