import { basename, dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { Changes } from '../files/changes.ts';
import type { ProfileName } from '../profile/name.ts';
import { statePath } from '../profile/paths.ts';
import type { Site } from '../site.ts';
import { type Done, type Errand, runErrands } from './errand.ts';
import { assertRunning, sendSignal } from './signal.ts';
import { readState } from './state.ts';

export interface Reloaded extends Done {
  /** `done`: it said that it read its configuration again. `sent`: a program of others, which says no such thing. */
  readonly outcome: 'done' | 'sent';
  readonly pid: number;
  /** When it began to read; ISO. */
  readonly readAt: string | null;
}

/** What a gateway says of its last reading. */
interface Reading {
  readonly at: string;
  readonly error: string | null;
}

/** Sends SIGHUP, and waits until gateways that tell have told what came of it. A Failure (78, 75, 1, 4) is a result. */
export function reloadAll(
  site: Site,
  profiles: readonly ProfileName[],
  { timeoutMs, reason }: { readonly timeoutMs: number; readonly reason: string | null },
): Promise<Errand<Reloaded>[]> {
  return runErrands<Reloaded>(site, { action: 'reload', reason }, profiles, async (seen, home) => {
    const pid = assertRunning(seen);
    const { profile } = seen;
    const before = lastReading(home, pid);
    const send = (): Promise<void> => sendSignal(site, profile, 'SIGHUP');
    if (before === null) {
      await send();
      return { outcome: 'sent', pid, readAt: null };
    }
    const answer = await ask(send, { profile, home, pid, before, timeoutMs });
    // One that hangs must not keep whoever wants to stop it from the lock.
    return async () => {
      const { at, error } = await answer();
      if (error !== null) throw rejected(profile, error);
      return { outcome: 'done', pid, readAt: at };
    };
  });
}

function rejected(profile: string, error: string): Failure {
  return new Failure(`${profile} keeps the configuration it had: ${error}`, {
    code: 'CONFIG_REJECTED',
    exit: 78,
    hint: `Correct it, then "hermes gateway reload ${profile}".`,
  });
}

/** The last reading that this very process has told of; null: it never tells. */
function lastReading(home: string, pid: number): Reading | null {
  const reading = readState(home);
  if (reading.kind !== 'state' || reading.data['pid'] !== pid) return null;
  const { config_read_at: at, reload_error: error } = reading.data;
  if (typeof at !== 'string') return null;
  return { at, error: typeof error === 'string' ? error : null };
}

interface Question {
  readonly profile: ProfileName;
  readonly home: string;
  readonly pid: number;
  readonly before: Reading;
  readonly timeoutMs: number;
}

/**
 * Sends, and gives what waits for the answer. Only a reading that began after the signal was sent has seen the file as it
 * is: somebody else's signal may be under way.
 */
async function ask(
  send: () => Promise<void>,
  { profile, home, pid, before, timeoutMs }: Question,
): Promise<() => Promise<Reading>> {
  const changes = new Changes();
  const sentAt = new Date().toISOString();
  try {
    const path = statePath(home);
    changes.watch([{ directory: dirname(path), names: [basename(path)] }]);
    await send();
  } catch (error) {
    changes.close();
    throw error;
  }
  return async () => {
    try {
      const limit = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const now = lastReading(home, pid);
        if (now === null) throw ended(profile, pid);
        if (now.at !== before.at && now.at >= sentAt) return now;
        if (limit.aborted) throw silent(profile, timeoutMs);
        await changes.next(null, limit);
      }
    } finally {
      changes.close();
    }
  };
}

function ended(profile: ProfileName, pid: number): Failure {
  return new Failure(`${profile} (pid ${pid}) ended instead of reading its configuration again`, {
    code: 'NOT_RUNNING',
    exit: 1,
    hint: `See "hermes gateway why ${profile}".`,
  });
}

function silent(profile: ProfileName, timeoutMs: number): Failure {
  return new Failure(`${profile} was sent SIGHUP and has not answered for ${timeoutMs / 1000} s`, {
    code: 'TIMEOUT',
    exit: 75,
    hint: `It may still: "hermes gateway logs ${profile} -n 5" shows what it says.`,
    retryable: true,
  });
}
