import { closeSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { runSync } from '../process.ts';
import { flockProgram, flockSlackMs, type Held, held, openLockFile, stillThere, tryLock } from './lock.ts';

// Two loops take turns, side by side, and name the descriptors that they have locked.
const locking = `flock=$1
shift
lock() {
  for fd do
    mine=$((1 - mine))
    [ $mine = 0 ] || ! "$flock" -xn "$fd" || echo "$fd"
  done
}
mine=0
lock "$@" &
mine=1
lock "$@"
wait`;
/** Descriptors that one shell is given; far below any limit of open files. */
const lockedAtOnce = 200;

/** `tryLock` for many in one process: for each the lock, null when somebody has it, or why it cannot be made. */
export function tryLocks(paths: readonly string[]): (Held | Failure | null)[] {
  const [first, ...others] = paths;
  if (first === undefined) return [];
  // One needs no shell around flock(1).
  if (others.length === 0) return [orFailure(() => tryLock(first))];
  if (paths.length > lockedAtOnce)
    return [...tryLocks(paths.slice(0, lockedAtOnce)), ...tryLocks(paths.slice(lockedAtOnce))];
  const opened = paths.map((path) => orFailure(() => openLockFile(path)));
  const fds = opened.filter((one) => typeof one === 'number');
  const words = ['-c', locking, 'sh', flockProgram(), ...fds.map((_, index) => String(index + 3))];
  const locked = new Set(runSync('/bin/sh', words, { timeoutMs: flockSlackMs, fds }).stdout.split('\n'));
  const ours = new Set(fds.filter((_, index) => locked.has(String(index + 3))));
  return opened.map((fd, index) => {
    if (typeof fd !== 'number') return fd;
    if (ours.has(fd) && stillThere(fd, paths[index] ?? '')) return held(fd);
    closeSync(fd);
    return null;
  });
}

/** Lets go of those that are ours. */
export function releaseAll(locks: readonly (Held | Failure | null)[]): void {
  for (const lock of locks) if (lock !== null && !(lock instanceof Failure)) lock.release();
}

/** Does `act` where nobody holds any of these locks, and holds all of them meanwhile; null, with nothing done, elsewhere. */
export function whileIdle<T>(paths: readonly string[], act: () => T): T | null {
  const locks = tryLocks(paths);
  try {
    return locks.every((lock) => lock !== null && !(lock instanceof Failure)) ? act() : null;
  } finally {
    releaseAll(locks);
  }
}

function orFailure<T>(make: () => T): T | Failure {
  try {
    return make();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
