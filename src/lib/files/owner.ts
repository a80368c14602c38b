import { statSync } from 'node:fs';

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
