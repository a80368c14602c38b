import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { linesFlag, sinceFlag } from '../../excerpt-flags.ts';
import { worstExit, type Failure } from '../../lib/failure.ts';
import { followLogs, readLogs, requireTrace } from '../../lib/gateway/log-reader.ts';
import type { LogLine } from '../../lib/gateway/log-line.ts';
import { parseMoment } from '../../lib/moment.ts';
import { jsonPrinter, type LogPrinter, textPrinter } from '../../log-printer.ts';
import { whenReaderLeaves } from '../../reader.ts';
import { tellFailure } from '../../render.ts';
import { writeLines } from '../../stream.ts';
import { allFlag, nameArgs, targets } from '../../targets.ts';

const usualCount = 100;

export default class GatewayLogs extends BaseCommand {
  static override summary = 'What gateways wrote, merged by time.';

  static override description =
    'Reads the rotated log of each gateway, the archived files too. Without -n, --since or --previous: the last 100 lines.';

  static override examples = [
    { description: 'Follow two gateways', command: '<%= config.bin %> <%= command.id %> coder writer -f' },
    {
      description: 'What the run before the last death said',
      command: '<%= config.bin %> <%= command.id %> coder --previous',
    },
    {
      description: 'The last ten minutes of all',
      command: '<%= config.bin %> <%= command.id %> --all --since 10m',
    },
  ];

  static override args = nameArgs;

  static override flags = {
    all: allFlag,
    follow: Flags.boolean({
      char: 'f',
      summary: 'Go on with what is written from now on.',
      exclusive: ['previous'],
    }),
    lines: linesFlag,
    since: sinceFlag,
    previous: Flags.boolean({ summary: 'The run before the last death.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GatewayLogs);
    const site = this.site(flags.profile);
    const profiles = targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    for (const profile of profiles) requireTrace(site, profile);
    const since = flags.since === undefined ? null : parseMoment(flags.since, site.now());
    const unlimited = since !== null || flags.previous;
    const wish = { since, previous: flags.previous, count: flags.lines ?? (unlimited ? null : usualCount) };
    const print = this.jsonEnabled() ? jsonPrinter : await textPrinter(profiles, process.stdout.isTTY);
    if (flags.follow) return follow((signal) => followLogs(site, profiles, wish, signal), print);
    const troubles: Failure[] = [];
    const lines = await readLogs(site, profiles, wish, (failure) => troubles.push(failure));
    writeLines(lines, print);
    for (const trouble of troubles) tellFailure(trouble, false);
    process.exitCode = worstExit(troubles.map(({ exit }) => exit));
  }
}

/** Prints what comes for as long as somebody reads it. */
async function follow(
  batches: (signal: AbortSignal) => AsyncIterable<Iterable<LogLine>>,
  print: LogPrinter,
): Promise<void> {
  const over = new AbortController();
  const forget = whenReaderLeaves(() => over.abort());
  try {
    for await (const batch of batches(over.signal)) if (!writeLines(batch, print)) return;
  } finally {
    forget();
  }
}
