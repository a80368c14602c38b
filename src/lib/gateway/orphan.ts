import { type BigIntStats, closeSync, openSync, read, readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, isDenied } from '../failure.ts';
import { gatewayLockPath } from '../profile/paths.ts';
import { isAlive, startTime } from './proc-stat.ts';

/** PIDs of lock holders by `major:minor:inode`, as /proc/locks has them. */
export type LockTable = ReadonlyMap<string, number>;

const table = '/proc/locks';
/** What the kernel hands out at once, in whole lines. */
const pieceBytes = 4_096;
/** Longer than any line: after a piece that had room for another one, there is none. */
const lineBytes = 256;

/**
 * Reads /proc/locks once, for as many homes as are asked for; it names only processes of this PID namespace. Where the
 * kernel shows no such table, or not to us, it names nobody.
 */
export function readLocks(): LockTable {
  return parseLocks(ifShown(() => readFileSync(table, 'utf8')) ?? '');
}

/** The same, begun now and done beside what comes next: the kernel makes a reader wait for 5 to 16 ms (Linux 6.18). */
export function beginReadingLocks(): Promise<LockTable> {
  const fd = ifShown(() => openSync(table, 'r'));
  if (fd === null) return Promise.resolve(new Map());
  const { promise, resolve, reject } = Promise.withResolvers<LockTable>();
  const piece = Buffer.alloc(pieceBytes);
  let text = '';
  const readOn = (): void =>
    read(fd, piece, 0, pieceBytes, null, (error, length) => {
      text += piece.toString('latin1', 0, length);
      if (error === null && length > pieceBytes - lineBytes) readOn();
      else {
        closeSync(fd);
        if (error === null) resolve(parseLocks(text));
        else reject(error);
      }
    });
  readOn();
  // Whoever never asks for it does not mind.
  promise.catch(() => undefined);
  return promise;
}

function ifShown<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || isDenied(error)) return null;
    throw error;
  }
}

function parseLocks(text: string): LockTable {
  const line = /^\d+: \S+ +\S+ +\S+ (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm;
  const holders = new Map<string, number>();
  for (const [, pid, major = '', minor = '', inode] of text.matchAll(line))
    holders.set(`${parseInt(major, 16)}:${parseInt(minor, 16)}:${inode}`, Number(pid));
  return holders;
}

/** The process that holds a kernel lock on a file; null when nobody here does, or when we may not look at the file. */
export function lockHolder(path: string, locks: LockTable = readLocks()): number | null {
  const file = statOf(path);
  if (file === null) return null;
  // makedev(3), turned around.
  const major = (file.dev >> 8n) & 0xfffn;
  const minor = (file.dev & 0xffn) | ((file.dev >> 12n) & 0xfff00n);
  return locks.get(`${major}:${minor}:${file.ino}`) ?? null;
}

function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return null;
    throw error;
  }
}

/** The process that holds `gateway.lock` of a home; null when nobody here does. */
export function gatewayHolder(home: string, locks: LockTable = readLocks()): number | null {
  return lockHolder(gatewayLockPath(home), locks);
}

const lookAgainMs = 20;

/** Ends a gateway that nobody supervises: TERM, and KILL after the grace; false when it survived both. */
export async function endOrphan(pid: number, graceMs: number): Promise<boolean> {
  const started = startTime(pid);
  for (const [signal, limitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!isAlive(pid, started) || !send(pid, signal)) return !isAlive(pid, started);
    const end = performance.now() + limitMs;
    // It is no child of ours and has no supervisor: there is no event to wait for.
    while (performance.now() < end) {
      if (!isAlive(pid, started)) return true;
      await delay(lookAgainMs);
    }
  }
  return !isAlive(pid, started);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EPERM' || errnoOf(error) === 'ESRCH') return false;
    throw error;
  }
}
