import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf, Failure } from '../failure.ts';
import { quoted } from '../shell.ts';

const defaultMaxBytes = 1024 * 1024;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The failure of a file that is there but cannot be used; `fact` completes the sentence "PATH ...". */
function unreadable(
  path: string,
  fact: string,
  details: { readonly exit?: 77; readonly hint?: string; readonly cause?: unknown } = {},
): Failure {
  return new Failure(`${path} ${fact}`, { code: 'FILE_UNREADABLE', exit: 1, ...details });
}

function open(path: string): number | null {
  try {
    // A FIFO that somebody put there must not hold us up, a link must not lead us elsewhere.
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return null;
    if (errno === 'ELOOP')
      throw unreadable(path, 'is a symbolic link, which is not followed here', {
        hint: `Take the link away: mv ${quoted(path)} ${quoted(`${path}.link`)}`,
        cause: error,
      });
    if (errno === 'EACCES')
      throw unreadable(path, 'cannot be read: permission denied', {
        exit: 77,
        hint: `See whose it is: namei -l ${quoted(path)}`,
        cause: error,
      });
    throw unreadable(path, `cannot be read: ${errno ?? String(error)}`, { cause: error });
  }
}

/**
 * The bytes of a regular file, or null when it is missing.
 * Throws `Failure` (1; 77 when denied) for a link, a special file or one above `maxBytes`.
 */
export function readRegularBytes(path: string, maxBytes = defaultMaxBytes): Buffer | null {
  const fd = open(path);
  if (fd === null) return null;
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw unreadable(path, 'is no regular file');
    const { size } = stats;
    if (size > maxBytes) throw unreadable(path, `is larger than ${maxBytes} bytes`);
    const buffer = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const count = readSync(fd, buffer, length, size - length, null);
      if (count === 0) break;
      length += count;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** The text of a regular UTF-8 file without its byte order mark; like `readRegularBytes` otherwise. */
export function readRegular(path: string, maxBytes = defaultMaxBytes): string | null {
  const bytes = readRegularBytes(path, maxBytes);
  if (bytes === null) return null;
  if (!isUtf8(bytes)) throw unreadable(path, 'is not UTF-8 text');
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
