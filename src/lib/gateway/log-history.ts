import type { RootHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { logDir } from '../profile/paths.ts';
import { logFiles, wholeLines, type LogFile } from './log-files.ts';
import { parseLogLine, type LogLine } from './log-line.ts';

/** A piece of time; an open end is null. Both ends belong to it. */
export interface Span {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** What s6-log reads a moment after a death still belongs to the run that died. */
export const loggerLagMs = 100;

/** The run before the last death, from the death before it; null when there was no death. */
export function previousRun(deaths: readonly Date[]): Span | null {
  const last = deaths.at(-1);
  const before = deaths.at(-2);
  if (last === undefined) return null;
  const end = (death: Date) => new Date(death.getTime() + loggerLagMs);
  return { from: before === undefined ? null : end(before), to: end(last) };
}

/** The lines of one profile in a span, oldest first, read file by file as they are asked for. */
export function* linesOf(root: RootHome, profile: ProfileName, { from, to }: Span): Generator<LogLine> {
  let at: Date | null = null;
  for (const file of logFiles(logDir(root, profile))) {
    if (from !== null && file.closedAt !== null && file.closedAt < from) continue;
    for (const text of wholeLines(file.path)) {
      const line = parseLogLine(profile, text);
      at = line.at ?? at;
      if ((from === null || (at !== null && at >= from)) && (to === null || (at !== null && at <= to)))
        yield line;
    }
  }
}

/** The newest files that hold `count` lines between them, oldest first. */
export function newestFiles(root: RootHome, profile: ProfileName, count: number): LogFile[] {
  const newest: LogFile[] = [];
  let lines = 0;
  for (const file of logFiles(logDir(root, profile)).reverse()) {
    if (lines >= count) break;
    newest.unshift(file);
    lines += wholeLines(file.path).length;
  }
  return newest;
}

/** The last `count` lines of one profile. */
export function lastLines(root: RootHome, profile: ProfileName, count: number): LogLine[] {
  const lines = newestFiles(root, profile, count).flatMap(({ path }) => wholeLines(path));
  return lines.slice(Math.max(0, lines.length - count)).map((line) => parseLogLine(profile, line));
}

/** Lines of several profiles as one sequence by time; a line without a stamp follows the one before it. */
export function* merged(sources: readonly Iterable<LogLine>[]): Generator<LogLine> {
  const heads = sources.flatMap((source) => {
    const iterator = source[Symbol.iterator]();
    const first = iterator.next();
    return first.done === true ? [] : [{ iterator, line: first.value, at: first.value.at?.getTime() ?? 0 }];
  });
  for (;;) {
    const [first, ...others] = heads;
    if (first === undefined) return;
    const head = others.reduce((oldest, other) => (other.at < oldest.at ? other : oldest), first);
    yield head.line;
    const next = head.iterator.next();
    if (next.done === true) heads.splice(heads.indexOf(head), 1);
    else {
      head.line = next.value;
      head.at = next.value.at?.getTime() ?? head.at;
    }
  }
}
