import { closeSync, constants, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, Failure, isDenied, writeFact } from '../failure.ts';
import { give, type Owner, ownerOfNewFile } from './owner.ts';

/**
 * Opens a file to append to, made (0644) with its directory where they are missing; what root makes belongs to `owner`,
 * else to whoever has the directory. Throws `Failure` (1, 77), also for a symbolic link or a special file.
 */
export function openForAppend(path: string, owner: Owner | null = null): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const keeper = keeperOf(dirname(path), owner);
    // A FIFO that somebody put there must not hold us up, a link must not lead us elsewhere.
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
    const stats = fstatSync(fd);
    if (!stats.isFile()) {
      closeSync(fd);
      throw cannotAppend(path, 'it is no regular file');
    }
    if (keeper !== null && stats.size === 0) fchownSync(fd, keeper.uid, keeper.gid);
    return fd;
  } catch (error) {
    const errno = errnoOf(error);
    throw errno === undefined ? error : cannotAppend(path, writeFact(errno), error);
  }
}

function cannotAppend(path: string, fact: string, cause?: unknown): Failure {
  const exit = isDenied(cause) ? 77 : 1;
  return new Failure(`cannot append to ${path}: ${fact}`, { code: 'WRITE_FAILED', exit, cause });
}

/** Whom a new file belongs to (null: nobody has a choice), its directory made where it is missing. */
function keeperOf(directory: string, owner: Owner | null): Owner | null {
  const made = mkdirSync(directory, { recursive: true });
  const keeper = owner ?? ownerOfNewFile(made === undefined ? directory : dirname(made));
  if (made !== undefined) give(made, keeper);
  return keeper;
}
