import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, Failure } from '../failure.ts';
import { parseTai64n } from '../s6/tai64.ts';

/** One file of an s6-log directory. */
export interface LogFile {
  readonly path: string;
  /** When s6-log put it away; null for the one that is written to. */
  readonly closedAt: Date | null;
}

/** `@<TAI64N>.s` is whole, `.u` was cut short by the logger's death; `previous` lives for the moment of a rotation. */
const archived = /^(@[0-9a-f]{24})\.[su]$/;

/** The files of a log directory, oldest first; none when there is no directory. Throws `Failure` (77, 1). */
export function logFiles(directory: string): LogFile[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return [];
    const denied = errno === 'EACCES';
    throw new Failure(
      `cannot read ${directory}: ${denied ? 'permission denied' : (errno ?? String(error))}`,
      {
        code: 'LOG_UNREADABLE',
        exit: denied ? 77 : 1,
        cause: error,
      },
    );
  }
  const closed = names.sort().flatMap((name) => {
    const [, label] = archived.exec(name) ?? [];
    return label === undefined ? [] : [{ path: join(directory, name), closedAt: parseTai64n(label) }];
  });
  const open = ['previous', 'current'].filter((name) => names.includes(name));
  return [...closed, ...open.map((name) => ({ path: join(directory, name), closedAt: null }))];
}

/** The whole lines of a file, one still being written left out; none when a rotation took the file away meanwhile. */
export function wholeLines(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}
