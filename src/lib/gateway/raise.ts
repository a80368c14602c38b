import { S6CommandError } from '../s6/errors.ts';
import type { Answer, Order } from '../s6/order.ts';
import type { ServiceStatus } from '../s6/status.ts';
import { type Attempt, type Wave } from './attempt.ts';
import { nextTry } from './crash-guard.ts';
import { leftMs } from './job.ts';
import { type Move, raise } from './move.ts';
import { endOrphan } from './orphan.ts';
import { refresh } from './registry.ts';
import { look } from './sight.ts';
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

/** Brings gateways up, or up anew, side by side; one result each. None waits for the end of another's orphan. */
export async function raiseAll(wave: Wave, attempts: readonly Attempt[]): Promise<Transition[]> {
  const free = attempts.filter(({ before }) => before.orphan === null);
  const others = attempts.filter((attempt) => !free.includes(attempt));
  const raised = await Promise.all([
    raiseTogether(wave, free),
    ...others.map((attempt) => raiseInstead(wave, attempt)),
  ]);
  const results = raised.flat();
  return attempts.flatMap(({ job }) => results.find(({ profile }) => profile === job.profile) ?? []);
}

async function raiseTogether(wave: Wave, attempts: readonly Attempt[]): Promise<Transition[]> {
  const raisings: Raising[] = [];
  const refused: Promise<Transition>[] = [];
  for (const attempt of attempts)
    try {
      refresh(wave.site, attempt.job.profile, attempt.job.config);
      raisings.push({ attempt, move: moveOf(wave, attempt) });
    } catch (error) {
      if (!(error instanceof S6CommandError)) throw error;
      refused.push(notSent(attempt, error));
    }
  const ordered = wave.manager.order(
    raisings.map((raising) => order(wave, raising)),
    wave.signal,
  );
  wave.meanwhile?.();
  const answers = await ordered;
  for (const [service, answer] of await settle(wave, raisings, answers))
    answers.set(service, { ...answer, heard: 'reached' });
  const seen = await statuses(wave, raisings, answers);
  return Promise.all([
    ...refused,
    ...raisings.map((raising) => {
      const { service } = raising.attempt.job;
      return conclude(wave, raising, answers.get(service) ?? { heard: 'reached' }, seen.get(service) ?? null);
    }),
  ]);
}

/**
 * A gateway that nobody supervises holds the lock of its home: no other can come up beside it. While it is being ended
 * s6 tries none, for each would die and lengthen the crash guard's pause.
 */
async function raiseInstead(wave: Wave, attempt: Attempt): Promise<Transition[]> {
  const { job, before, notes } = attempt;
  const { orphan } = before;
  if (orphan !== null) {
    // What s6 refuses here is told by the order that follows.
    if (before.status?.wantedUp === true) await wave.manager.send(job.service, ['-d']).catch(() => undefined);
    if (!(await endOrphan(orphan, job.config.stopTimeoutS * 1000)))
      return [ended(attempt, 'failed', { error: survivor(attempt, orphan) })];
    notes.push(`ended pid ${orphan}, a gateway that nobody supervised`);
  }
  return raiseTogether(wave, [attempt]);
}

/** What s6 said behind the events, or says now where it was not asked. Who was told nothing is as it was. */
async function statuses(
  { manager, wait }: Wave,
  raisings: readonly Raising[],
  answers: ReadonlyMap<string, Answer>,
): Promise<Map<string, ServiceStatus | null>> {
  const known = new Map<string, ServiceStatus | null>();
  for (const { attempt, move } of raisings) {
    const { service } = attempt.job;
    const isTold = move.flags !== null || move.until !== null;
    const status = isTold ? answers.get(service)?.status : attempt.before.status;
    if (status !== undefined) known.set(service, status);
  }
  const services = wait ? raisings.map(({ attempt }) => attempt.job.service) : [];
  const unasked = services.filter((service) => !known.has(service));
  for (const [service, { status }] of await manager.survey(unasked, { deaths: false }))
    known.set(service, status);
  return known;
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
  // Between two words somebody would have to wait.
  const flags = until === null ? (move.flags?.replace(' -', '') ?? null) : move.flags;
  return { service: job.service, flags, until, timeoutMs: leftMs(job) };
}

/** Where nobody says that it is ready, a gateway is up once it has lived for a second. */
async function settle(
  wave: Wave,
  raisings: readonly Raising[],
  answers: ReadonlyMap<string, Answer>,
): Promise<Map<string, Answer>> {
  const silent = raisings.filter(
    ({ attempt: { job }, move }) =>
      wave.wait &&
      move.until !== null &&
      !saysReady(job.config) &&
      answers.get(job.service)?.heard === 'reached',
  );
  const orders = silent.map(({ attempt: { job } }): Order => ({
    service: job.service,
    flags: null,
    until: 'd',
    timeoutMs: aliveMs,
  }));
  return wave.manager.order(orders, wave.signal);
}

async function conclude(
  wave: Wave,
  { attempt, move }: Raising,
  answer: Answer,
  status: ServiceStatus | null,
): Promise<Transition> {
  const { heard } = answer;
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
  // Who was not waited for to the end is not looked at again.
  if (heard !== 'reached' && heard !== 'timeout') return notEnded(attempt, answer, status);
  const now = (await look(wave.manager, [job]))(job.service);
  // Its own event may have come long before that of the last of those that were told together.
  const hasDied = heard === 'reached' || now.deaths.some((at) => at >= job.askedAt);
  return hasDied ? notUp(wave, attempt, now) : notEnded(attempt, answer, status);
}
