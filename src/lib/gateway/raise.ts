import type { Heard, Order } from '../s6/order.ts';
import { type Attempt, type Wave } from './attempt.ts';
import { nextTry } from './crash-guard.ts';
import { leftMs } from './job.ts';
import { type Move, raise } from './move.ts';
import { endOrphan } from './orphan.ts';
import { refresh } from './registry.ts';
import { look, type Sight } from './sight.ts';
import { saysReady } from './slot.ts';
import { desiredAt } from './state.ts';
import type { Transition } from './transition.ts';
import { ended, handedOver, notEnded, notSent, notUp, survivor } from './verdict.ts';

/** How long a gateway that nobody will call ready must have lived to count as up. */
const aliveMs = 1_000;

interface Raising {
  readonly attempt: Attempt;
  readonly move: Move;
}

/** Brings gateways up, or up anew, side by side; one result each. */
export async function raiseAll(wave: Wave, attempts: readonly Attempt[]): Promise<Transition[]> {
  const results = new Map<Attempt, Transition>();
  const orphaned = await Promise.all(attempts.map((attempt) => withoutOrphan(wave, attempt)));
  const ready = attempts.filter((attempt, index) => {
    const pid = orphaned[index] ?? null;
    if (pid !== null) results.set(attempt, ended(attempt, 'failed', { error: survivor(attempt, pid) }));
    return pid === null;
  });
  const raisings = ready.map((attempt): Raising => {
    refresh(wave.site, attempt.job.profile, attempt.job.config);
    return { attempt, move: moveOf(wave, attempt) };
  });
  const heard = await wave.manager.order(
    raisings
      .filter(({ move }) => move.flags !== null || move.until !== null)
      .map((raising) => order(wave, raising)),
    wave.signal,
  );
  await settle(wave, raisings, heard);
  const after = await look(
    wave.manager,
    raisings.map(({ attempt }) => attempt.job),
    { deaths: false },
  );
  for (const raising of raisings) {
    const { service } = raising.attempt.job;
    results.set(
      raising.attempt,
      await conclude(wave, raising, heard.get(service) ?? 'reached', after(service)),
    );
  }
  return attempts.flatMap((attempt) => results.get(attempt) ?? []);
}

/**
 * A gateway that nobody supervises holds the lock of its home: no other can come up beside it. While it is being ended
 * s6 tries none, for each would die and lengthen the crash guard's pause.
 */
async function withoutOrphan({ manager }: Wave, { job, before, notes }: Attempt): Promise<number | null> {
  if (before.orphan === null) return null;
  // What s6 refuses here is told by the order that follows.
  if (before.status?.wantedUp === true) await manager.send(job.service, ['-d']).catch(() => undefined);
  if (!(await endOrphan(before.orphan, job.config.stopTimeoutS * 1000))) return before.orphan;
  notes.push(`ended pid ${before.orphan}, a gateway that nobody supervised`);
  return null;
}

function moveOf({ site }: Wave, { job, before, former }: Attempt): Move {
  if (before.status === null) throw new Error(`${job.service} has no supervisor`);
  return raise(before.status, {
    restart: job.verb === 'restart' || before.orphan !== null,
    saysReady: saysReady(job.config),
    pausing: nextTry(before.deaths, desiredAt(former), site.now()) !== null,
  });
}

function order({ wait }: Wave, { attempt: { job, inside }, move }: Raising): Order {
  const until = wait && !inside ? move.until : null;
  return { service: job.service, flags: move.flags, until, timeoutMs: leftMs(job) };
}

/** Where nobody says that it is ready, a gateway is up once it has lived for a second. */
async function settle(wave: Wave, raisings: readonly Raising[], heard: Map<string, Heard>): Promise<void> {
  const silent = raisings.filter(
    ({ attempt: { job }, move }) =>
      move.until !== null && !saysReady(job.config) && heard.get(job.service) === 'reached',
  );
  if (silent.length === 0 || !wave.wait) return;
  const orders = silent.map(({ attempt: { job } }): Order => ({
    service: job.service,
    flags: null,
    until: 'd',
    timeoutMs: aliveMs,
  }));
  await wave.manager.order(orders, wave.signal);
}

async function conclude(
  wave: Wave,
  { attempt, move }: Raising,
  heard: Heard,
  { status }: Sight,
): Promise<Transition> {
  if (typeof heard !== 'string') return notSent(attempt, heard);
  if (attempt.inside) return handedOver(attempt);
  if (!wave.wait) return ended(attempt, 'done', {});
  const { before, job } = attempt;
  const isUp = status?.up === true && (status.ready || !saysReady(job.config));
  if (isUp && status.wantedUp && (!move.anew || status.pid !== before.status?.pid))
    return ended(attempt, move.until === null ? 'already' : 'done', {
      seen: status.ready ? 'ready' : 'up',
      pid: status.pid,
    });
  if (heard !== 'reached') return notEnded(attempt, heard, status);
  return notUp(wave, attempt, (await look(wave.manager, [job]))(job.service));
}
