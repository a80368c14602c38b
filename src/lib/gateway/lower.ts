import { messageOf } from '../failure.ts';
import type { Answer } from '../s6/order.ts';
import type { Attempt, Wave } from './attempt.ts';
import { type Job, leftMs } from './job.ts';
import { endOrphan } from './orphan.ts';
import { removeMarker, writeMarker } from './planned-stop.ts';
import { isAlive, startTime } from './proc-stat.ts';
import { look, type Sight } from './sight.ts';
import type { Transition } from './transition.ts';
import { ended, handedOver, notEnded, notSent, survivor } from './verdict.ts';

/** Brings gateways down for good, side by side; one result each. */
export async function lowerAll(wave: Wave, attempts: readonly Attempt[]): Promise<Transition[]> {
  const { manager, signal } = wave;
  const supervised = attempts.filter(({ before }) => before.status !== null);
  for (const attempt of supervised) mark(attempt, attempt.before);
  const ordered = manager.order(
    supervised
      .filter(({ before }) => !isDown(before))
      .map(({ job, inside }) => ({
        service: job.service,
        flags: '-D',
        until: wave.wait && !inside ? 'down' : null,
        timeoutMs: leftMs(job),
      })),
    signal,
  );
  await markSuccessors(wave, supervised);
  wave.meanwhile?.();
  const answers = await ordered;
  // Of those that s6-svwait saw down there is nothing left to see, unless it saw the successor of a killed supervisor,
  // which is down at first.
  const others = supervised.filter(
    ({ job, before }) =>
      !isDown(before) &&
      (!wave.wait || answers.get(job.service)?.heard !== 'reached' || isAliveStill(before)),
  );
  const after = await look(
    manager,
    others.map(({ job }) => job),
    { deaths: false },
  );
  return Promise.all(
    attempts.map((attempt) => {
      const { service } = attempt.job;
      return conclude(wave, attempt, answers.get(service) ?? { heard: 'reached' }, after(service));
    }),
  );
}

/** Where the marked process has ended by itself before it is told, s6 may have started another: that one is told. */
async function markSuccessors({ manager }: Wave, attempts: readonly Attempt[]): Promise<void> {
  const gone = attempts.filter(({ before }) => before.status?.pid != null && !isAliveStill(before));
  const now = await look(
    manager,
    gone.map(({ job }) => job),
    { deaths: false },
  );
  for (const attempt of gone)
    if (now(attempt.job.service).status?.pid !== attempt.before.status?.pid)
      mark(attempt, now(attempt.job.service));
}

const isAliveStill = ({ status }: Sight): boolean => status?.pid != null && isAlive(status.pid, null);

async function seenDown({ manager, signal }: Wave, job: Job): Promise<Sight> {
  const { service } = job;
  await manager.order([{ service, flags: null, until: 'down', timeoutMs: leftMs(job) }], signal);
  return (await look(manager, [job], { deaths: false }))(service);
}

/** Down and meant to be: with a `down` file, and not wanted up by s6. */
function isDown({ status }: Sight): boolean {
  return status === null || (!status.up && !status.wantedUp && !status.normallyUp);
}

/** A marker that cannot be written never prevents the stop: the gateway then ends with 143 instead of 0. */
function mark({ job, notes }: Attempt, { status }: Sight): void {
  if (status?.pid == null || !job.hasHome) return;
  try {
    writeMarker(job.home, {
      targetPid: status.pid,
      targetStartTime: startTime(status.pid),
      stopperPid: process.pid,
      now: new Date(),
    });
  } catch (error) {
    notes.push(`the planned-stop marker was not written: ${messageOf(error)}`);
  }
}

/** One that stays behind is worth nothing after 60 s. */
function unmark({ job, notes }: Attempt): void {
  try {
    if (job.hasHome) removeMarker(job.home);
  } catch (error) {
    notes.push(`the planned-stop marker was not removed: ${messageOf(error)}`);
  }
}

async function conclude(wave: Wave, attempt: Attempt, answer: Answer, seen: Sight): Promise<Transition> {
  const { heard } = answer;
  const { job, before, notes } = attempt;
  let after = seen;
  if (typeof heard !== 'string') return notSent(attempt, heard);
  if (attempt.inside) return handedOver(attempt);
  const orphan = before.orphan ?? after.orphan;
  if (orphan !== null) {
    // The order died with the supervisor that left it behind: s6 would start another one.
    const isUntold = before.orphan === null;
    if (isUntold) await wave.manager.send(job.service, ['-D']).catch(() => undefined);
    if (!(await endOrphan(orphan, job.config.stopTimeoutS * 1000)))
      return ended(attempt, 'failed', { error: survivor(attempt, orphan) });
    notes.push(`ended pid ${orphan}, a gateway that nobody supervised`);
    if (isUntold) after = await seenDown(wave, job);
  }
  if (!wave.wait && after.status?.up === true) return ended(attempt, 'done', {});
  if (after.status?.up === true) {
    if (heard === 'reached')
      return ended(attempt, 'failed', { error: survivor(attempt, after.status.pid ?? 0) });
    return notEnded(attempt, answer, after.status);
  }
  unmark(attempt);
  return ended(attempt, isDown(before) && orphan === null ? 'already' : 'done', { seen: 'down' });
}
