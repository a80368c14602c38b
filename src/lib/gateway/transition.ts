import { type ExitCode, Failure, type FailureJson, failureJson, worstExit } from '../failure.ts';
import type { ProfileName } from '../profile/name.ts';
import type { Surveyed } from '../s6/survey.ts';

export type Verb = 'start' | 'stop' | 'restart';

export type Outcome = 'done' | 'already' | 'failed' | 'timeout';

/** Where the gateway's own words about a failure are; ISO times. */
export interface LogRange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What became of one request for one gateway. */
export interface Transition {
  readonly profile: ProfileName;
  readonly outcome: Outcome;
  /** What the gateway was seen to be at the end; null: nobody looked, or it failed. */
  readonly seen: 'ready' | 'up' | 'down' | null;
  /** The supervised gateway's PID as it was seen at the end; null: none was, or nobody waited. */
  readonly pid: number | null;
  /** From the request to its end, the wait for other commands included. */
  readonly seconds: number;
  /** When it ended; null: it was refused at once. */
  readonly at: Date | null;
  readonly error: Failure | null;
  /** What the operator should know besides, as a sentence. */
  readonly note: string | null;
  readonly log: LogRange | null;
}

export interface TransitionOptions {
  /** How long to wait for the end; default: 30 s for a start, the gateway's stop timeout and 5 s for a stop, both for a restart. */
  readonly timeoutMs?: number | undefined;
  /** false: return as soon as s6 has taken the command. */
  readonly wait: boolean;
  /** Why, in the operator's words; for the state file and the journal. */
  readonly reason: string | null;
  /** Ends the waiting, never the operation. */
  readonly signal?: AbortSignal | undefined;
  /** What s6 said of some of the services a moment ago: true still, while the same process runs. */
  readonly seen?: ReadonlyMap<string, Surveyed> | undefined;
  /** Called when s6 is at work and there is time for something else; perhaps never, perhaps several times. */
  readonly meanwhile?: (() => void) | undefined;
  /** Hears a result that cannot be waited for, before s6 is told: the command runs inside that gateway. */
  readonly announce?: ((transition: Transition) => void) | undefined;
}

/** One result as `gateway start|stop|restart --json` shows it: never log lines, only where they are. */
export interface TransitionJson {
  readonly profile: string;
  readonly outcome: Outcome;
  readonly pid: number | null;
  readonly seconds: number;
  readonly error: FailureJson | null;
  readonly note: string | null;
  readonly log: LogRange | null;
}

/** The result as JSON. */
export function transitionJson({
  profile,
  outcome,
  pid,
  seconds,
  error,
  note,
  log,
}: Transition): TransitionJson {
  return { profile, outcome, pid, seconds, error: error === null ? null : failureJson(error), note, log };
}

/** The worst exit code of several transitions. */
export function transitionsExit(transitions: readonly Transition[]): ExitCode {
  return worstExit(transitions.map(({ error }) => error?.exit ?? 0));
}
