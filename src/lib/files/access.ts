import { accessSync } from 'node:fs';

/** Whether we have all of these rights (R_OK, W_OK, X_OK together) on a path; on one that is missing, nobody has. */
export function isAccessible(path: string, rights: number): boolean {
  try {
    accessSync(path, rights);
    return true;
  } catch {
    return false;
  }
}
