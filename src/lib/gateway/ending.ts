import { constants } from 'node:os';
import { Failure, messageOf } from '../failure.ts';
import type { GatewayState } from './state.ts';
import type { ProgramEnd, StopSignal } from './workload.ts';

/** How a gateway leaves: what it persists and the code it exits with (contract: how a gateway ends). */
export interface Ending {
  readonly state: GatewayState;
  /** `exit_reason` in the state file. */
  readonly reason: string;
  readonly exit: number;
}

/** After a signal that asked it to leave, whatever the hosted program's own code was. */
export function afterSignal(signal: StopSignal, planned: boolean): Ending {
  if (signal === 'SIGINT') return { state: 'stopped', reason: 'sigint', exit: 0 };
  return planned
    ? { state: 'stopped', reason: 'planned-stop', exit: 0 }
    : { state: 'running', reason: 'sigterm', exit: 143 };
}

/** A hosted program ended by itself: after it had served, a crash leaves `running` to be tried again. */
export function byItself({ code, signal }: ProgramEnd, served: boolean): Ending {
  const exit = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  const reason = signal === null ? `exit ${exit}` : `signal ${signal}`;
  if (exit === 0) return { state: 'stopped', reason, exit };
  return { state: served && exit !== 78 ? 'running' : 'startup_failed', reason, exit };
}

/** It could not start: 78 when no further try can help, else 1. */
export function startFailed(error: unknown): Ending {
  const reason = messageOf(error);
  return { state: 'startup_failed', reason, exit: error instanceof Failure && error.exit === 78 ? 78 : 1 };
}

/** A gateway's last line in its log. */
export function lastWords({ exit, reason }: Pick<Ending, 'exit' | 'reason'>): string {
  return `ends with ${exit}: ${reason}`;
}

/** What a line says as the last words of a gateway; null: it is none. */
export function parseLastWords(line: string): Pick<Ending, 'exit' | 'reason'> | null {
  const [, exit, reason] = /^ends with (\d+): (.*)$/.exec(line) ?? [];
  return exit === undefined || reason === undefined ? null : { exit: Number(exit), reason };
}
