import { asFailure, Failure } from '../failure.ts';
import { logDir } from '../profile/paths.ts';
import type { S6CommandError } from '../s6/errors.ts';
import type { Answer } from '../s6/order.ts';
import type { ServiceStatus } from '../s6/status.ts';
import { join } from 'node:path';
import type { ProfileName } from '../profile/name.ts';
import { type Attempt, isUnsent, type Wave } from './attempt.ts';
import type { Job } from './job.ts';
import type { Sight } from './sight.ts';
import { readState } from './state.ts';
import type { Outcome, Transition } from './transition.ts';

type Facts = Partial<Pick<Transition, 'seen' | 'pid' | 'error' | 'note' | 'log'>>;

/** The result of a request, with what was noted on its way. */
export function ended(
  { job, notes }: Pick<Attempt, 'job' | 'notes'>,
  outcome: Outcome,
  facts: Facts,
): Transition {
  const note = [...notes, facts.note ?? null].filter((text) => text !== null).join('; ');
  return {
    profile: job.profile,
    outcome,
    seen: facts.seen ?? null,
    pid: facts.pid ?? null,
    ...endOf(job),
    error: facts.error ?? null,
    note: note === '' ? null : note,
    log: facts.log ?? null,
  };
}

/** The result of a request that could not be begun, or that broke off. */
export function failed(profile: ProfileName, error: unknown, job: Job | null = null): Transition {
  const failure = asFailure(error);
  return {
    profile,
    outcome: failure.exit === 75 ? 'timeout' : 'failed',
    seen: null,
    pid: null,
    ...(job === null ? { seconds: 0, at: null } : endOf(job)),
    error: failure,
    note: null,
    log: null,
  };
}

/** The waiting for another command was ended before anything was done. */
export function untouched(job: Job): Transition {
  const fact = `${job.profile}: no longer waiting for the command before this one; nothing was done`;
  return failed(job.profile, new Failure(fact, { code: 'INTERRUPTED', exit: 75, retryable: true }), job);
}

/** How long it took, and the moment that this leads to. */
function endOf({ begunMs, askedAt }: Job): Pick<Transition, 'seconds' | 'at'> {
  const ms = Math.round(performance.now() - begunMs);
  return { seconds: ms / 1000, at: new Date(askedAt.getTime() + ms) };
}

/** The command was typed inside the gateway that it is about. */
export function handedOver(attempt: Attempt): Transition {
  return ended(attempt, 'done', { note: 'this runs inside that very gateway: handed to s6' });
}

/** s6 did not take the command: what was wanted before is wanted again. */
export async function notSent(attempt: Attempt, error: S6CommandError): Promise<Transition> {
  if (isUnsent(error)) await attempt.intent?.undo();
  return ended(attempt, 'failed', { error });
}

/** The waiting ended before the operation: it goes on, and the intent stays. */
export function notEnded(attempt: Attempt, answer: Answer, status: ServiceStatus | null): Transition {
  const { profile } = attempt.job;
  return ended(attempt, 'timeout', {
    pid: status?.pid ?? null,
    error: new Failure(stillUnderWay(attempt.job, answer, status), {
      code: answer.heard === 'interrupted' ? 'INTERRUPTED' : 'TIMEOUT',
      exit: 75,
      hint: `Look again with "hermes gateway status -p ${profile}".`,
      retryable: true,
      cause: answer.error,
    }),
  });
}

function stillUnderWay(
  { verb, profile, begunMs }: Job,
  { heard, error }: Answer,
  status: ServiceStatus | null,
): string {
  if (heard === 'interrupted') return `${profile}: no longer waiting; the ${verb} goes on`;
  if (error !== undefined)
    return `${profile} was told to ${verb}, and how that ends cannot be heard: ${error.message}`;
  const state = status === null ? 'without a supervisor' : status.up ? `up (pid ${status.pid ?? 0})` : 'down';
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
  return `${profile} is still ${state}${verb === 'stop' ? '' : ', not ready,'} after ${seconds} s; the ${verb} goes on`;
}

/** A process that neither SIGTERM nor SIGKILL ended, or that we may not signal. */
export function survivor({ job }: Attempt, pid: number): Failure {
  return new Failure(`${job.profile}: pid ${pid} still runs and holds its home`, {
    code: 'SURVIVOR',
    exit: 1,
    hint: `Look at it with "ps -fp ${pid}"; end it as its owner or as root with "kill -9 ${pid}".`,
  });
}

/** The gateway left instead of coming up. */
export function notUp(wave: Wave, attempt: Attempt, { status, lastDeath: last }: Sight): Transition {
  const { job } = attempt;
  const since = last !== null && last.at >= job.askedAt ? last : null;
  const code = since?.exitCode ?? status?.exitCode ?? null;
  const cause = causeOf(code, since?.signal ?? status?.signal ?? null);
  const told = code === 78 && job.hasHome ? readState(job.home) : null;
  const why =
    told?.kind === 'state' && typeof told.data['exit_reason'] === 'string'
      ? `: ${told.data['exit_reason']}`
      : '';
  const goesOn = status !== null && (status.up || status.wantedUp) ? '; s6 goes on trying' : '';
  return ended(attempt, 'failed', {
    pid: status?.pid ?? null,
    error: new Failure(`${job.profile} did not come up: ${cause}${why}${goesOn}`, {
      code: code === 78 ? 'CONFIG_REJECTED' : 'START_FAILED',
      exit: code === 78 ? 78 : 1,
      hint: code === 78 ? `Correct it, then "hermes gateway start -p ${job.profile}".` : undefined,
      retryable: code !== 78,
    }),
    log: {
      file: join(logDir(wave.site.root, job.profile), 'current'),
      from: job.askedAt.toISOString(),
      to: wave.site.now().toISOString(),
    },
  });
}

/** How a process ended, in words. */
export function causeOf(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `killed by ${signal}`;
  return exitCode === null ? 'it left' : `exit ${exitCode}`;
}
