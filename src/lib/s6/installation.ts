import { constants, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isAccessible } from '../files/access.ts';

/** Which s6 is in a directory of programs. */
export interface Installation {
  /** Such as `2.11.3.2`; null where nothing tells. */
  readonly version: string | null;
  /** What tells the version. */
  readonly origin: string;
  /** Programs that we need and that are not there. */
  readonly missing: readonly string[];
}

/** `s6-svc -U` and `-D` came with 2.11.2.0. */
const oldest = [2, 11, 2] as const;

const programs = [
  's6-log',
  's6-setlock',
  's6-setuidgid',
  's6-svc',
  's6-svdt',
  's6-svdt-clear',
  's6-svscan',
  's6-svscanctl',
  's6-svstat',
  's6-svwait',
];

/** Looks at the programs; none of them tells its version, so their place or the package database has to. */
export function installation(binDir: string): Installation {
  const missing = programs.filter((program) => !isAccessible(join(binDir, program), constants.X_OK));
  const place = realPath(join(binDir, 's6-svc'));
  const [, inPath] = /\/s6-([0-9.]+[0-9])\//.exec(place) ?? [];
  if (inPath !== undefined) return { version: inPath, origin: place, missing };
  const databases = [
    ['/var/lib/dpkg/status', /^Package: s6\n(?:.+\n)*?Version: ([0-9.]+)/m],
    ['/lib/apk/db/installed', /^P:s6\n(?:.+\n)*?V:([0-9.]+)|^V:([0-9.]+)\n(?:.+\n)*?P:s6\n/m],
  ] as const;
  for (const [file, pattern] of databases) {
    const version = /^\/(usr\/)?bin\//.test(place)
      ? pattern.exec(textOf(file))?.slice(1).find(Boolean)
      : null;
    if (version != null) return { version, origin: file, missing };
  }
  return { version: null, origin: place, missing };
}

/** Whether a version lacks commands that we send. */
export function isTooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
