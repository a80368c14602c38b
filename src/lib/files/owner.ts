import { chownSync, statSync } from 'node:fs';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom a new file in `directory` should belong to: root leaves to the owner of the directory what it makes there,
 * everybody else (null) has no choice.
 */
export function ownerOfNewFile(directory: string): Owner | null {
  if (process.geteuid?.() !== 0) return null;
  const { uid, gid } = statSync(directory);
  return { uid, gid };
}

/** The owner where we can give anything away, which only root can; else null. */
export function byRoot(owner: Owner | null): Owner | null {
  return process.geteuid?.() === 0 ? owner : null;
}

/** Gives a file or a directory away; null: it stays ours. */
export function give(path: string, owner: Owner | null): void {
  if (owner !== null) chownSync(path, owner.uid, owner.gid);
}
