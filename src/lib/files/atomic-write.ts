import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf, Failure, isDenied, writeFact } from '../failure.ts';
import { ownerOfNewFile, type Owner } from './owner.ts';
import { uniqueDigits } from './unique.ts';

export interface WriteOptions {
  /** Mode of a new file (default 0600); an existing one keeps its own. */
  readonly mode?: number;
  /** Owner of a new file; by default root leaves it to the directory's owner. */
  readonly owner?: Owner;
  /** Whether the content must survive a power cut when this returns (default true). */
  readonly durable?: boolean;
}

interface Attributes {
  readonly mode: number;
  readonly owner: Owner | null;
}

const codes: Readonly<Record<string, string>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EROFS: 'READ_ONLY',
};

/** A failed write in words: the path, the fact, and 77 where it was a matter of rights. */
function writeFailure(path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || error instanceof Failure) return error;
  return new Failure(`cannot write ${path}: ${writeFact(errno)}`, {
    code: codes[errno] ?? 'WRITE_FAILED',
    exit: isDenied(error) ? 77 : 1,
    hint:
      errno === 'ENOSPC' ? `See what takes the room: du -xah '${dirname(path)}' | sort -h | tail` : undefined,
    cause: error,
  });
}

function attributesFor(path: string, options: WriteOptions): Attributes {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing === undefined)
    return { mode: options.mode ?? 0o600, owner: options.owner ?? ownerOfNewFile(dirname(path)) };
  if (!existing.isFile()) {
    const fact = existing.isSymbolicLink() ? 'it is a symbolic link' : 'it is no regular file';
    throw new Failure(`cannot write ${path}: ${fact}`, { code: 'WRITE_FAILED', exit: 1 });
  }
  return { mode: existing.mode & 0o7777, owner: { uid: existing.uid, gid: existing.gid } };
}

function giveTo(fd: number, owner: Owner): void {
  try {
    fchownSync(fd, owner.uid, owner.gid);
  } catch (error) {
    // Only root can keep somebody else's ownership; the content matters more.
    if (errnoOf(error) !== 'EPERM') throw error;
  }
}

function writeTemporary(path: string, data: string | Buffer, attributes: Attributes, durable: boolean): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(fd, data);
    if (attributes.owner !== null) giveTo(fd, attributes.owner);
    fchmodSync(fd, attributes.mode);
    if (durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes renames and removals inside `directory` survive a power cut. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A fresh name beside a file, for its next content. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${uniqueDigits()}.tmp`);
}

/** Whether an entry of a directory is a write under way, or was left behind by one that was killed. */
export function isTemporary(entry: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(entry);
}

/**
 * Replaces a file as a whole or not at all; owner and mode of an existing one are kept.
 * Throws `Failure` (1; 77 when denied) with nothing changed, also for a symbolic link.
 */
export function writeAtomic(path: string, data: string | Buffer, options: WriteOptions = {}): void {
  const durable = options.durable ?? true;
  const temporary = temporaryBeside(path);
  try {
    const attributes = attributesFor(path, options);
    writeTemporary(temporary, data, attributes, durable);
    renameSync(temporary, path);
    if (durable) syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(path, error);
  }
}
