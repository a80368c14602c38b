import { join } from 'node:path';
import { parseLastWords } from '../gateway/ending.ts';
import { linesOf, loggerLagMs } from '../gateway/log-history.ts';
import type { LogLine } from '../gateway/log-line.ts';
import type { RootHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { logDir } from '../profile/paths.ts';
import type { Death } from '../s6/tai64.ts';
import { isAsked } from './asked.ts';
import type { BootEvent, CommandEvent, DeathEvent } from './event.ts';

/** A loaded machine's logger may be this late with a gateway's last words. */
const lateWordsMs = 5_000;

/** One life of a gateway, to its end. */
interface Run {
  readonly death: Death;
  readonly before: Death | null;
  /** Null: from the beginning of the log. */
  readonly from: Date | null;
  readonly to: Date;
  readonly lines: LogLine[];
  said: string | null;
}

/** What else is known of the gateway, oldest first. */
export interface Context {
  readonly boots: readonly BootEvent[];
  readonly commands: readonly CommandEvent[];
}

/** The deaths of a tally, each with the last `lineCount` lines of the run that ended. Throws `Failure` for a log that cannot be read. */
export function deathEvents(
  root: RootHome,
  profile: ProfileName,
  tally: readonly Death[],
  { boots, commands }: Context,
  lineCount: number,
): DeathEvent[] {
  const runs = tally.map((death, index) => runOf(death, tally[index - 1] ?? null, { boots, commands }));
  listen(root, profile, runs, lineCount);
  return runs.map(({ death, before, from, to, lines, said }) => ({
    kind: 'death',
    ...death,
    asked: isAsked(death, before, commands),
    said,
    log: {
      file: join(logDir(root, profile), 'current'),
      from: (from ?? lines[0]?.at ?? death.at).toISOString(),
      to: to.toISOString(),
    },
    lines,
  }));
}

function runOf(death: Death, before: Death | null, context: Context): Run {
  const end = (of: Death): Date => new Date(of.at.getTime() + loggerLagMs);
  const isSoon = before !== null && death.at.getTime() - before.at.getTime() < 2 * loggerLagMs;
  const from = before === null ? firstStart(death, context) : isSoon ? before.at : end(before);
  return { death, before, from, to: end(death), lines: [], said: null };
}

/** What brought up a process before which nothing ended, or nothing that is not forgotten; null: that is not known. */
function firstStart(death: Death, { boots, commands }: Context): Date | null {
  const starts = commands.filter(
    ({ entry: { action, outcome } }) =>
      (action === 'start' && outcome !== 'already') || action === 'reset-failed',
  );
  const times = [...boots, ...starts].map(({ at }) => at.getTime()).filter((at) => at <= death.at.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** Gives each run its last lines, reading the log once. */
function listen(root: RootHome, profile: ProfileName, runs: readonly Run[], lineCount: number): void {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return;
  const to = new Date(last.to.getTime() + lateWordsMs);
  let index = 0;
  for (const line of linesOf(root, profile, { from: first.from, to })) {
    while (line.at !== null && line.at > (runs[index]?.to ?? to)) index += 1;
    const words = parseLastWords(line.text);
    // A logger may be late with last words, and early beside a death that another one followed at once.
    const own =
      words === null ? index : [index - 1, index, index + 1].find((one) => isSaidBy(runs[one], words.exit));
    // Last words of nobody in the tally: of a death that was forgotten.
    const run = own === undefined ? undefined : runs[own];
    if (own === undefined || run === undefined) continue;
    if (words !== null) run.said = words.reason;
    run.lines.push(line);
    if (run.lines.length > lineCount) run.lines.shift();
    // What comes behind the last words of a run is the next one's.
    if (words !== null) index = Math.max(index, own + 1);
  }
}

/** Whether these can be its last words. */
function isSaidBy(run: Run | undefined, exit: number): boolean {
  return run !== undefined && run.said === null && run.death.exitCode === exit;
}
