import { Failure } from '../failure.ts';
import { withLock } from '../files/lock.ts';
import { releaseAll, tryLocks } from '../files/locks.ts';
import { loadRunApart } from '../process.ts';
import type { ProfileName } from '../profile/name.ts';
import { lifecycleLockPath } from '../profile/paths.ts';
import { profileExists, whileThere } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { type Attempt, begin, makePossible, mend, type Wave } from './attempt.ts';
import { type Job, leftMs, prepare } from './job.ts';
import { appendJournal } from './journal.ts';
import { lowerAll } from './lower.ts';
import { raiseAll } from './raise.ts';
import { beginReadingLocks, type LockTable } from './orphan.ts';
import { siteManager } from './registry.ts';
import { findOrphans, glance } from './sight.ts';
import { saysReady } from './slot.ts';
import type { Transition, TransitionOptions, Verb } from './transition.ts';
import { ended, failed, handedOver, untouched } from './verdict.ts';

/**
 * Brings gateways up, down or up anew, side by side and each on its own: one result a profile, in order. A Failure is
 * a result, never thrown.
 */
export async function transitionAll(
  site: Site,
  verb: Verb,
  profiles: readonly ProfileName[],
  options: TransitionOptions,
): Promise<Transition[]> {
  const wave: Wave = { ...options, site, manager: siteManager(site) };
  // What is to be started is down as a rule, and then the question is who else may hold its home.
  const locks = verb === 'start' ? beginReadingLocks() : undefined;
  const results: Transition[] = [];
  const free: Job[] = [];
  const busy: Job[] = [];
  const locked: Job[] = [];
  for (const profile of profiles) {
    try {
      const job = await prepare(site, verb, profile, options);
      (job.hasHome ? locked : free).push(job);
    } catch (error) {
      // A name that means nothing here is a typo, not a thing that happened to a gateway.
      const refused = [failed(profile, error)];
      results.push(...(profileExists(site.root, profile) ? record(wave, verb, refused) : refused));
    }
  }
  const held = tryLocks(locked.map(({ home }) => lifecycleLockPath(home)));
  for (const [index, job] of locked.entries()) {
    const lock = held[index] ?? null;
    if (lock instanceof Failure) results.push(...record(wave, verb, [failed(job.profile, lock, job)]));
    else (lock === null ? busy : free).push(job);
  }
  const later = Promise.all(busy.map((job) => inTurn(wave, job)));
  try {
    results.push(...(await carryOut(wave, verb, free, locks)));
  } finally {
    releaseAll(held);
  }
  results.push(...(await later).flat());
  return profiles.flatMap((profile) => results.find((result) => result.profile === profile) ?? []);
}

/** Waits until whoever is at work on this gateway has finished. A restart that has happened meanwhile is this one too. */
async function inTurn(wave: Wave, job: Job): Promise<Transition[]> {
  const { manager, signal } = wave;
  const before = (await glance(manager, [job], { deaths: false }))(job.service).status?.pid;
  try {
    const options = { timeoutMs: leftMs(job), signal };
    const act = async (): Promise<Transition[]> => {
      if (signal?.aborted === true) return [untouched(job)];
      const { status } = (await glance(manager, [job], { deaths: false }))(job.service);
      const isFresh = status?.up === true && status.wantedUp && status.pid !== before;
      if (job.verb === 'restart' && isFresh && (status.ready || !saysReady(job.config)))
        return record(wave, job.verb, [
          ended({ job, notes: ['joined a restart under way'] }, 'done', {
            seen: status.ready ? 'ready' : 'up',
            pid: status.pid,
          }),
        ]);
      return carryOut(wave, job.verb, [job]);
    };
    return await whileThere(wave.site.root, job.profile, () =>
      withLock(lifecycleLockPath(job.home), options, act),
    );
  } catch (error) {
    if (signal?.aborted === true) return [untouched(job)];
    return record(wave, job.verb, [failed(job.profile, error, job)]);
  }
}

/** One wave of requests whose locks are held: look, intend, tell s6, look again, record. */
async function carryOut(
  wave: Wave,
  verb: Verb,
  jobs: readonly Job[],
  locks?: Promise<LockTable>,
): Promise<Transition[]> {
  if (jobs.length === 0) return [];
  const seen = await glance(wave.manager, jobs, { deaths: false, known: wave.seen });
  const refused: Transition[] = [];
  const refuse = (job: Job, error: unknown): null => {
    refused.push(failed(job.profile, error, job));
    return null;
  };
  const checked = await Promise.all(
    jobs.map((job) =>
      makePossible(wave, job, seen(job.service)).catch((error: unknown) => refuse(job, error)),
    ),
  );
  const possible = checked.filter((one) => one !== null);
  const begun = (await begin(wave, possible)).flatMap((one, index) => {
    const { job } = possible[index] ?? {};
    if (job !== undefined && one instanceof Failure) refuse(job, one);
    return one instanceof Failure ? [] : [one];
  });
  const attempts = await withOrphans(wave, begun, locks);
  const inside = attempts.filter((attempt) => attempt.inside).map(handedOver);
  // What ends this gateway ends this command: all that is to be said is said before.
  for (const transition of record(wave, verb, inside)) wave.announce?.(transition);
  const done = await (verb === 'stop' ? lowerAll(wave, attempts) : raiseAll(wave, attempts));
  const mended = await Promise.all(
    done.map(async (transition, index) => {
      const attempt = attempts[index];
      return attempt === undefined ? transition : mend(wave, attempt, transition);
    }),
  );
  const others = mended.filter((_, index) => attempts[index]?.inside !== true);
  return [...inside, ...record(wave, verb, [...refused, ...others])];
}

/** Adds who else holds their homes: the last question before s6 is told, because the kernel takes its time to answer. */
async function withOrphans(
  { manager }: Wave,
  attempts: readonly Attempt[],
  locks?: Promise<LockTable>,
): Promise<Attempt[]> {
  const gateways = attempts.map(({ job: { service, home }, before: { status } }) => ({
    service,
    home,
    status,
  }));
  const [orphans] = await Promise.all([findOrphans(manager, gateways, locks), locks && loadRunApart()]);
  return attempts.map((attempt) => {
    const orphan = orphans.get(attempt.job.service) ?? null;
    return { ...attempt, before: { ...attempt.before, orphan } };
  });
}

/** Writes results to the journal; what it says when that fails goes with the first of them. */
function record({ site, reason }: Wave, verb: Verb, transitions: readonly Transition[]): Transition[] {
  const facts = transitions.map(({ profile, outcome, seconds, pid, error, at }) => {
    // Those of a wave are written together, when the last has ended.
    const ended = at?.toISOString();
    return { at: ended, profile, action: verb, reason, outcome, seconds, pid, error: error?.message ?? null };
  });
  const trouble = facts.length > 0 ? appendJournal(site, ...facts) : null;
  return transitions.map((transition, index) =>
    trouble === null || index > 0
      ? transition
      : { ...transition, note: [transition.note, trouble].filter(Boolean).join('; ') },
  );
}

async function transition(
  site: Site,
  verb: Verb,
  profile: ProfileName,
  options: TransitionOptions,
): Promise<Transition> {
  const [result] = await transitionAll(site, verb, [profile], options);
  return result ?? failed(profile, new Error('a request without a result'));
}

/** Brings one gateway up and waits until it is ready, from whatever state. */
export const start = (site: Site, profile: ProfileName, options: TransitionOptions): Promise<Transition> =>
  transition(site, 'start', profile, options);

/** Brings one gateway down, planned, and waits until it is. */
export const stop = (site: Site, profile: ProfileName, options: TransitionOptions): Promise<Transition> =>
  transition(site, 'stop', profile, options);
