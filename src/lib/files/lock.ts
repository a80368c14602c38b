import { once } from 'node:events';
import { closeSync, constants, existsSync, fchownSync, fstatSync, lstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, Failure, isDenied, writeFact } from '../failure.ts';
import { runSync, spawnChild } from '../process.ts';
import { ownerOfNewFile } from './owner.ts';

/** Another process held the lock for the whole time that we would wait. */
export class LockTimeoutError extends Failure {
  readonly path: string;

  constructor(path: string, timeoutMs: number) {
    super(`another command held ${path} for ${timeoutMs / 1000} s`, {
      code: 'LOCK_TIMEOUT',
      exit: 75,
      hint: 'Try again when it has finished.',
      retryable: true,
    });
    this.path = path;
  }
}

/** A kernel lock that is ours until `release`, or until this process ends in whatever way. */
export interface Held {
  release(): void;
}

const flockPlaces: readonly string[] = ['/usr/bin/flock', '/bin/flock'];
/** How long an uncontended flock(1) may take on a loaded machine. */
export const flockSlackMs = 10_000;

/** The absolute path of flock(1). Throws a Failure (69) where there is none. */
export function flockProgram(): string {
  const found = flockPlaces.find((place) => existsSync(place));
  if (found === undefined)
    throw new Failure('flock(1) is not installed, and locks are made with it', {
      code: 'FLOCK_MISSING',
      exit: 69,
      hint: 'Install it: apt-get install util-linux',
    });
  return found;
}

function cannotLock(path: string, fact: string, cause?: unknown): Failure {
  const exit = isDenied(cause) ? 77 : 1;
  return new Failure(`cannot lock ${path}: ${fact}`, { code: 'LOCK_FAILED', exit, cause });
}

/** Opens a lock file, made (0600) when missing. Throws a Failure (1, 77). */
export function openLockFile(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw cannotLock(path, writeFact(errnoOf(error) ?? String(error)), error);
  }
  const stats = fstatSync(fd);
  if (!stats.isFile()) {
    closeSync(fd);
    throw cannotLock(path, 'it is no regular file');
  }
  const owner = ownerOfNewFile(dirname(path));
  if (owner !== null && stats.size === 0 && stats.nlink === 1 && stats.uid !== owner.uid)
    fchownSync(fd, owner.uid, owner.gid);
  return fd;
}

/** Whether the name still leads to the file that we locked: a deleted profile takes its lock file along. */
export function stillThere(fd: number, path: string): boolean {
  const named = lstatSync(path, { throwIfNoEntry: false });
  const locked = fstatSync(fd);
  return named?.ino === locked.ino && named.dev === locked.dev;
}

/** A wait of 0 is an error to flock(1). */
function flockArguments(waitMs: number): string[] {
  return ['-x', ...(waitMs < 1 ? ['-n'] : ['-w', (waitMs / 1000).toFixed(3)]), '3'];
}

/** flock(1) locks the open file behind the descriptor it inherits, so the lock outlives it and stays ours. */
function flockSync(fd: number, path: string, waitMs: number): boolean {
  const result = runSync(flockProgram(), flockArguments(waitMs), {
    timeoutMs: waitMs + flockSlackMs,
    fds: [fd],
  });
  return verdict(path, result.exitCode, result.stderr || (result.errno ?? ''));
}

async function flock(fd: number, path: string, waitMs: number, signal?: AbortSignal): Promise<boolean> {
  const child = spawnChild(flockProgram(), flockArguments(waitMs), {
    stdio: ['ignore', 'ignore', 'ignore', fd],
    // A terminal's Ctrl-C is for us to understand, not for it to die of.
    detached: true,
    ...(signal !== undefined && { signal }),
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return verdict(path, code, `flock ended with ${code ?? 'a signal'}`);
}

/** flock(1): 0 = ours, 1 = somebody else's. */
function verdict(path: string, exitCode: number | null, words: string): boolean {
  if (exitCode === 0) return true;
  if (exitCode === 1) return false;
  throw cannotLock(path, words.trim());
}

/** A lock on an open file as what holds it. */
export function held(fd: number): Held {
  let open = true;
  return {
    release() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** Takes the lock if nobody has it, waiting up to `waitMs`; null when somebody has. The file is made (0600) when missing. */
export function tryLock(path: string, waitMs = 0): Held | null {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const fd = openLockFile(path);
    let ours = false;
    try {
      ours = flockSync(fd, path, Math.max(0, deadline - performance.now()));
      if (!ours) return null;
      if (stillThere(fd, path)) return held(fd);
      ours = false;
    } finally {
      if (!ours) closeSync(fd);
    }
  }
}

interface WaitOptions {
  readonly timeoutMs: number;
  /** Ends the waiting when it fires. */
  readonly signal?: AbortSignal | undefined;
}

async function acquire(path: string, { timeoutMs, signal }: WaitOptions): Promise<Held> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const fd = openLockFile(path);
    let ours = false;
    try {
      ours =
        flockSync(fd, path, 0) || (await flock(fd, path, Math.max(0, deadline - performance.now()), signal));
      if (!ours) throw new LockTimeoutError(path, timeoutMs);
      if (stillThere(fd, path)) return held(fd);
      ours = false;
    } finally {
      if (!ours) closeSync(fd);
    }
  }
}

/**
 * Does `fn` under the kernel lock of `path`; throws `LockTimeoutError` (75) when it stays taken, Node's AbortError when
 * `signal` ended the waiting. Not reentrant.
 */
export async function withLock<T>(path: string, options: WaitOptions, fn: () => T | Promise<T>): Promise<T> {
  const lock = await acquire(path, options);
  try {
    return await fn();
  } finally {
    lock.release();
  }
}

/** `withLock` for a short section, blocking this process while it waits. */
export function withLockSync<T>(path: string, options: { readonly timeoutMs: number }, fn: () => T): T {
  const lock = tryLock(path, options.timeoutMs);
  if (lock === null) throw new LockTimeoutError(path, options.timeoutMs);
  try {
    return fn();
  } finally {
    lock.release();
  }
}
