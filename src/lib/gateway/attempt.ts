import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../failure.ts';
import type { Held } from '../files/lock.ts';
import { releaseAll, tryLocks } from '../files/locks.ts';
import { stateLockPath } from '../profile/paths.ts';
import { S6CommandError } from '../s6/errors.ts';
import type { S6ServiceManager } from '../s6/manager.ts';
import type { Site } from '../site.ts';
import { insideTest } from './ancestry.ts';
import type { Job } from './job.ts';
import { register } from './registry.ts';
import { look, type Sight } from './sight.ts';
import { desiredAt, type DesireChange, readState, setDesired, type StateReading } from './state.ts';
import type { Transition, TransitionOptions } from './transition.ts';

/** What one wave of requests works with. */
export interface Wave extends TransitionOptions {
  readonly site: Site;
  readonly manager: S6ServiceManager;
}

/** A request whose intent is durable; from here on s6 is told. */
export interface Attempt {
  readonly job: Job;
  readonly before: Sight;
  /** The state file as it was before the intent. */
  readonly former: StateReading;
  /** Null where no home is left to write it to. */
  readonly intent: DesireChange | null;
  /** The command runs inside the gateway that it is about, and would not live to see the end. */
  readonly inside: boolean;
  readonly notes: string[];
}

/** A request that can be carried out: somebody listens. */
export interface Possible {
  readonly job: Job;
  readonly before: Sight;
}

/** Makes sure that the gateway can be commanded. Throws a Failure. */
export async function makePossible(wave: Wave, job: Job, seen: Sight): Promise<Possible> {
  if (seen.error !== null) throw seen.error;
  const needsSlot = job.verb !== 'stop' || wave.manager.exists(job.service);
  const before = seen.status === null && needsSlot ? await adopt(wave, job) : seen;
  if (before.status !== null) assertControllable(wave.manager, job.service);
  // What only waits out its pause looks like what is starting, but for its deaths.
  const mayPause = job.verb === 'start' && before.status?.up === true && !before.status.ready;
  return { job, before: mayPause ? (await look(wave.manager, [job]))(job.service) : before };
}

/** Makes the intents durable, the locks of their files taken in one process; a Failure in the place of one that could not be. */
export async function begin(wave: Wave, possible: readonly Possible[]): Promise<(Attempt | Failure)[]> {
  const locks = tryLocks(
    possible
      .map(({ job }) => job)
      .filter(({ hasHome }) => hasHome)
      .map(({ home }) => stateLockPath(home)),
  );
  const isInside = insideTest();
  const attempts: (Attempt | Failure)[] = [];
  for (const { job, before } of possible) {
    const lock = job.hasHome ? (locks.shift() ?? null) : null;
    try {
      if (lock instanceof Failure) throw lock;
      const former = readState(job.home);
      const intent = job.hasHome ? await intend(wave, job, before, lock) : null;
      const aside = intent?.keptAside ?? null;
      const notes = aside === null ? [] : [`gateway_state.json could not be read and was kept as ${aside}`];
      const inside = before.status?.pid != null && isInside(before.status.pid);
      attempts.push({ job, before, former, intent, inside, notes });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      attempts.push(error);
    } finally {
      releaseAll([lock]);
    }
  }
  return attempts;
}

/** Makes a slot that is missing and gets a supervisor for one that has none. */
async function adopt({ site, manager }: Wave, job: Job): Promise<Sight> {
  if (!(await manager.listening())) throw nobodyScans(site.scandir);
  await register(site, job.profile, { down: true, config: job.config });
  const sight = (await look(manager, [job]))(job.service);
  if (sight.status !== null) return sight;
  throw new S6CommandError({
    code: 'S6_NOT_SUPERVISED',
    service: job.service,
    action: 's6-svstat',
    returncode: 1,
    stderr: '',
  });
}

/** Where a scandir is only a directory (69). */
export function nobodyScans(scandir: string): Failure {
  return new Failure(`no s6-svscan listens on ${scandir}`, {
    code: 'NO_SERVICE_MANAGER',
    exit: 69,
    hint: 'Start one with "hermes boot supervise", or name the right one with S6_PROFILE_GATEWAY_SCANDIR.',
  });
}

/** A program that subscribes first would wait to its limit for an event of a command that was turned away. */
function assertControllable(manager: S6ServiceManager, service: string): void {
  try {
    accessSync(join(manager.directory(service), 'supervise', 'control'), constants.W_OK);
  } catch (cause) {
    const stderr = cause instanceof Error ? cause.message : '';
    throw new S6CommandError({ code: 'S6_DENIED', service, action: 's6-svc', returncode: null, stderr });
  }
}

function intend(
  { site, reason }: Wave,
  { verb, home, askedAt }: Job,
  { status }: Sight,
  lock: Held | null = null,
): Promise<DesireChange> {
  const desired = verb === 'stop' ? 'stopped' : 'running';
  const endsPid = verb === 'restart' ? (status?.pid ?? null) : null;
  return setDesired(home, { desired, by: site.actor.user, reason, at: askedAt, endsPid }, lock);
}

/** Whether an error says that s6 never took the command: only then the intent is put back. A slot is updated before. */
export const isUnsent = (error: Failure): boolean =>
  [2, 4, 69, 77].includes(error.exit) || (error instanceof S6CommandError && error.action === 'update');

/** Repairs the intent where a gateway that takes no lock has written over it meanwhile; what keeps it from that is noted. */
export async function mend(
  wave: Wave,
  { job, before }: Attempt,
  transition: Transition,
): Promise<Transition> {
  const { error, note } = transition;
  if (!job.hasHome || (error !== null && isUnsent(error))) return transition;
  try {
    if (desiredAt(readState(job.home))?.getTime() !== job.askedAt.getTime()) await intend(wave, job, before);
    return transition;
  } catch (cause) {
    const lost = `what is wanted was written over, and could not be written again: ${messageOf(cause)}`;
    return { ...transition, note: note === null ? lost : `${note}; ${lost}` };
  }
}
