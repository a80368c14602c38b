import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RootHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { logDir } from '../profile/paths.ts';
import { storeFailure } from '../profile/store.ts';
import { tai64n } from '../s6/tai64.ts';

/**
 * Lets a profile's logs follow its new name: the directory as a whole, or file by file where the new name has a log
 * already. Throws `Failure` (1, 77).
 */
export function moveLogs(root: RootHome, from: ProfileName, to: ProfileName): void {
  const old = logDir(root, from);
  const next = logDir(root, to);
  if (!existsSync(old)) return;
  try {
    mkdirSync(dirname(next), { recursive: true });
    if (existsSync(next)) merge(old, next);
    else renameSync(old, next);
  } catch (error) {
    throw storeFailure(`cannot move the logs of ${from} to ${next}`, error);
  }
}

/** The open file goes the way in which s6-log puts one away that its death cut short. */
function merge(old: string, next: string): void {
  for (const name of readdirSync(old)) {
    const path = join(old, name);
    if (name.startsWith('@')) renameSync(path, join(next, name));
    else if (name === 'current') renameSync(path, join(next, `${tai64n(statSync(path).mtime)}.u`));
  }
  rmSync(old, { recursive: true, force: true });
}
