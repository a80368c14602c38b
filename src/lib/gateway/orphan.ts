import {
  type BigIntStats,
  closeSync,
  existsSync,
  openSync,
  read,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, isDenied } from '../failure.ts';
import { readRegular } from '../files/read.ts';
import { gatewayLockPath } from '../profile/paths.ts';
import { isLocked } from '../s6/setlock.ts';
import { isAlive, startTime } from './proc-stat.ts';

/** A kernel lock: on which device (`major:minor`), and whose. */
interface Lock {
  readonly device: string;
  readonly pid: number;
}

/** Locks by the number of the inode, as /proc/locks has them. */
export type LockTable = ReadonlyMap<string, readonly Lock[]>;

const table = '/proc/locks';
/** The kernel hands out a page of whole lines at once; the largest pages that there are have 64 KiB. */
const pieceBytes = 65_536;
/** Even the smallest page, of 4 KiB, would have had room for another line: a shorter piece is the last. */
const shortBytes = 4_096 - 256;
/** As many as Node reads side by side. */
const piecesAtOnce = 4;

/**
 * Reads /proc/locks once, for as many homes as are asked for; it names only processes of this PID namespace. Where the
 * kernel shows no such table, or not to us, it names nobody.
 */
export function readLocks(): LockTable {
  return parseLocks(ifShown(() => readFileSync(table, 'utf8')) ?? '');
}

/**
 * The same, begun now and done beside what comes next: the kernel makes a reader wait for 5 to 16 ms, and once more when
 * it comes back late (Linux 6.18). So the first pieces are all asked for now.
 */
export function beginReadingLocks(): Promise<LockTable> {
  const fd = ifShown(() => openSync(table, 'r'));
  if (fd === null) return Promise.resolve(new Map());
  const locks = readToEnd(fd)
    .then(parseLocks)
    .finally(() => closeSync(fd));
  // Whoever never asks for it does not mind.
  locks.catch(() => undefined);
  return locks;
}

/** The pieces come in any order, each of them in whole lines. */
async function readToEnd(fd: number): Promise<string> {
  const pieces: string[] = [];
  for (;;) {
    const next = await Promise.all(Array.from({ length: piecesAtOnce }, () => readPiece(fd)));
    pieces.push(...next);
    if (next.some(({ length }) => length < shortBytes)) return pieces.join('');
  }
}

function readPiece(fd: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const piece = Buffer.allocUnsafe(pieceBytes);
  read(fd, piece, 0, pieceBytes, null, (error, length) => {
    if (error === null) resolve(piece.toString('latin1', 0, length));
    else reject(error);
  });
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

/** Reads the lines of /proc/locks. */
export function parseLocks(text: string): LockTable {
  const line = /^\d+: \S+ +\S+ +\S+ (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm;
  const locks = new Map<string, Lock[]>();
  for (const [, pid, major = '', minor = '', inode = ''] of text.matchAll(line)) {
    const lock = { device: `${parseInt(major, 16)}:${parseInt(minor, 16)}`, pid: Number(pid) };
    locks.set(inode, [...(locks.get(inode) ?? []), lock]);
  }
  return locks;
}

/** The process that holds a kernel lock on a file; null when nobody here does, or when we may not look at the file. */
export function lockHolder(path: string, locks: LockTable = readLocks()): number | null {
  const file = statOf(path);
  const sameNumber = file === null ? undefined : locks.get(String(file.ino));
  if (file === null || sameNumber === undefined) return null;
  // makedev(3), turned around.
  const major = (file.dev >> 8n) & 0xfffn;
  const minor = (file.dev & 0xffn) | ((file.dev >> 12n) & 0xfff00n);
  const exact = sameNumber.find(({ device }) => device === `${major}:${minor}`);
  // On btrfs a file has the device of its subvolume, and its lock that of the whole file system (measured, Linux 6.18).
  return (exact ?? sameNumber.find(({ pid }) => hasOpen(pid, file)))?.pid ?? null;
}

/** Whether a process has that very file open; false where we may not look. */
function hasOpen(pid: number, { dev, ino }: BigIntStats): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((fd) => {
      const open = statSync(`${directory}/${fd}`, { bigint: true, throwIfNoEntry: false });
      return open?.ino === ino && open.dev === dev;
    });
  } catch {
    return false;
  }
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

/** A hold on `gateway.lock` by a process that cannot be seen here. */
export interface HoldElsewhere {
  /** The host name that a gateway's script leaves beside the lock when it gets it; null: none can be read. */
  readonly host: string | null;
  readonly evidence: string;
}

/**
 * Who holds the `gateway.lock` of a home unseen, for a caller that has seen nobody with it; null: nobody does. To ask is to
 * take it for a moment. Throws S6CommandError.
 */
export function holdElsewhere(binDir: string | null, home: string): HoldElsewhere | null {
  const path = gatewayLockPath(home);
  if (binDir === null || !existsSync(path) || !isLocked(binDir, path)) return null;
  const said = readRegular(`${path}.holder`)?.split(/\s/)[0] ?? '';
  const host = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(said) ? said : null;
  const by = host === null ? '' : ` by ${host}`;
  return { host, evidence: `${path} is locked${by}, and by no process that can be seen here` };
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
