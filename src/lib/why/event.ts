import type { JournalEntry } from '../gateway/journal-entry.ts';
import type { LogLine } from '../gateway/log-line.ts';
import type { LogRange } from '../gateway/transition.ts';
import { causeOf } from '../gateway/verdict.ts';
import type { BootLine } from '../boot/boot-log-lines.ts';

/** A boot pass came to the gateway. */
export interface BootEvent extends BootLine {
  readonly kind: 'boot';
}

/** Somebody's command; `at` is when it was given. */
export interface CommandEvent {
  readonly kind: 'command';
  readonly at: Date;
  readonly entry: JournalEntry;
}

/** The gateway's process ended. */
export interface DeathEvent {
  readonly kind: 'death';
  readonly at: Date;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** A command of ours ended it. */
  readonly asked: boolean;
  /** Why, in the runner's own last words; null: it had no chance to say. */
  readonly said: string | null;
  /** Where the run that ended has its lines. */
  readonly log: LogRange;
  /** The last of them. */
  readonly lines: readonly LogLine[];
}

/** Something that happened to one gateway. */
export type Event = BootEvent | CommandEvent | DeathEvent;

/** How a process ended, with the runner's own reason where it adds something: `exit 1: port 8650 is taken`. */
export function deathWords({ exitCode, signal, said }: DeathEvent): string {
  const cause = causeOf(exitCode, signal);
  return said === null || said === cause ? cause : `${cause}: ${said}`;
}

/** Who gave a command, and from where. */
export function giver({ entry }: CommandEvent): string {
  return `${entry.actor.user} (${entry.actor.via})`;
}

/** One event as text; the same words mean that the same happened again. */
export function eventWords(event: Event): string {
  switch (event.kind) {
    case 'boot': {
      const reason = event.reason === null ? '' : ` (${event.reason})`;
      return `${event.action}${reason}, it was ${event.priorState ?? 'in no state'} before`;
    }
    case 'command': {
      const { action, outcome, seconds, reason, error } = event.entry;
      const why = reason === null ? '' : `, because "${reason}"`;
      const end = error === null ? '' : ` - ${error}`;
      return `${action} by ${giver(event)}${why}: ${outcome} after ${seconds.toFixed(1)} s${end}`;
    }
    case 'death':
      return `${deathWords(event)}${event.asked ? ', as asked' : ''}`;
  }
}

/** One event as JSON shows it: never log lines, only where they are. */
export function eventJson(event: Event): object {
  const at = event.at.toISOString();
  switch (event.kind) {
    case 'boot': {
      const { kind, action, priorState, reason } = event;
      return { kind, at, action, prior_state: priorState, reason };
    }
    case 'command': {
      const { action, actor, reason, outcome, seconds, error } = event.entry;
      return { kind: event.kind, at, action, actor, reason, outcome, seconds, error };
    }
    case 'death': {
      const { kind, exitCode, signal, asked, said, log } = event;
      return { kind, at, code: exitCode, signal, asked, reason: said, log };
    }
  }
}
