import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program in a directory of its own, without sources and dependencies: as a package brings it. */
export interface Installed {
  readonly root: string;
  /** Absolute path of a file in it. */
  file(name: string): string;
  remove(): void;
}

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Copies the built program into a temporary directory. */
export function installed(): Installed {
  const root = mkdtempSync(join(tmpdir(), 'hermes-installed-'));
  const file = (name: string) => join(root, name);
  for (const name of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(join(checkout, name), file(name), { recursive: true });
  return { root, file, remove: () => rmSync(root, { recursive: true, force: true }) };
}
