import { Failure } from '../failure.ts';
import { serviceName, type ProfileName } from '../profile/name.ts';
import { logDir } from '../profile/paths.ts';
import { profileExists } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { logFiles } from './log-files.ts';
import { LogTail } from './log-follow.ts';
import { lastLines, linesOf, merged, newestFiles, previousRun } from './log-history.ts';
import type { LogLine } from './log-line.ts';
import { siteManager, unknownGateway } from './registry.ts';

/** Which lines are asked for; null: no limit of that kind. */
export interface LogWish {
  readonly count: number | null;
  readonly since: Date | null;
  /** The run before the last death. */
  readonly previous: boolean;
}

/** Throws `GatewayNotRegisteredError` for a name that neither is a profile nor has left a log. */
export function requireTrace(site: Site, profile: ProfileName): void {
  if (profileExists(site.root, profile) || logFiles(logDir(site.root, profile)).length > 0) return;
  throw unknownGateway(site, profile);
}

/** The lines of several profiles by time; what is wrong with one goes to `trouble`, and the others are read all the same. */
export async function readLogs(
  site: Site,
  profiles: readonly ProfileName[],
  wish: LogWish,
  trouble: (failure: Failure) => void,
): Promise<Iterable<LogLine>> {
  const sources: Iterable<LogLine>[] = [];
  for (const profile of profiles)
    try {
      sources.push(guarded(await source(site, profile, wish), trouble));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      trouble(error);
    }
  return last(merged(sources), wish.count);
}

/** What is there, then, batch by batch until the signal, what comes: read by the same hand, so that nothing falls between. */
export async function* followLogs(
  site: Site,
  profiles: readonly ProfileName[],
  { since, count }: LogWish,
  signal: AbortSignal,
): AsyncGenerator<Iterable<LogLine>> {
  const tails = profiles.map((profile) => {
    const from = count === null ? undefined : newestFiles(site.root, profile, count)[0];
    return new LogTail(site.root, profile, from);
  });
  const there = tails.map((tail) =>
    [...tail.read()].filter(({ at }) => since === null || (at !== null && at >= since)),
  );
  yield last(merged(there), count);
  let changed = Promise.withResolvers<undefined>();
  const wake = (): void => changed.resolve(undefined);
  signal.addEventListener('abort', wake);
  try {
    for (const tail of tails) tail.watch(wake);
    while (!signal.aborted) {
      await changed.promise;
      changed = Promise.withResolvers<undefined>();
      yield merged(tails.map((tail) => tail.read()));
    }
  } finally {
    for (const tail of tails) tail.close();
  }
}

async function source(site: Site, profile: ProfileName, wish: LogWish): Promise<Iterable<LogLine>> {
  if (wish.previous) {
    const run = previousRun(await siteManager(site).deaths(serviceName(profile)));
    if (run !== null) return linesOf(site.root, profile, run);
    throw new Failure(`${profile} has not died, so there is no run before`, {
      code: 'NO_PREVIOUS_RUN',
      exit: 1,
    });
  }
  if (wish.count !== null && wish.since === null) return lastLines(site.root, profile, wish.count);
  return linesOf(site.root, profile, { from: wish.since, to: null });
}

function* guarded(lines: Iterable<LogLine>, trouble: (failure: Failure) => void): Generator<LogLine> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    trouble(error);
  }
}

function last(lines: Iterable<LogLine>, count: number | null): Iterable<LogLine> {
  if (count === null) return lines;
  const all = [...lines];
  return all.slice(Math.max(0, all.length - count));
}
