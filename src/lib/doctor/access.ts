import { accessSync, chmodSync, constants, statSync, type Stats } from 'node:fs';
import { errnoOf } from '../failure.ts';

/** Who is to use a file. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const { R_OK, W_OK, X_OK } = constants;

/** What a directory or a file is needed for. */
export const fully = { directory: R_OK | W_OK | X_OK, file: R_OK | W_OK } as const;

/** Whether this user has all the rights (R_OK, W_OK, X_OK together) on a path that exists. */
export function may(user: User, path: string, rights: number): boolean {
  if (user.uid === process.geteuid?.()) return mayWe(path, rights);
  if (user.uid === 0) return true;
  const { uid, gid, mode } = statSync(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  // access(2) counts rights as modes do.
  return ((mode >> shift) & rights) === rights;
}

function mayWe(path: string, rights: number): boolean {
  try {
    accessSync(path, rights);
    return true;
  } catch (error) {
    // A read-only file system is no matter of rights.
    return errnoOf(error) === 'EROFS';
  }
}

/** Owner and mode of a path, as evidence. */
export function rightsOf(path: string): string {
  const { uid, gid, mode } = statSync(path);
  return `${path} is ${uid}:${gid} ${octal(mode)}`;
}

/** A mode as chmod(1) takes it. */
export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** Sets modes, where they are ours to set; null where one of them is not. */
export function chmodMend(changes: ReadonlyMap<string, number>): (() => void) | null {
  const own = (stats: Stats): boolean => [0, stats.uid].includes(process.geteuid?.() ?? -1);
  if (![...changes.keys()].every((path) => own(statSync(path)))) return null;
  return () => {
    for (const [path, mode] of changes) chmodSync(path, mode);
  };
}
