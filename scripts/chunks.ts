import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Packages that few commands use, by the name of the script that each becomes: read when it is imported. */
const packages = { execa: 'execa', yaml: 'yaml', zod: 'zod/mini' };

/** The scripts by name, and the source of each. */
export function chunks(): [script: string, source: string][] {
  return Object.entries(packages).map(([script, name]) => [
    script,
    // As a whole zod is twenty times what we use of it, all languages included.
    `export ${script === 'zod' ? `{ ${usedOfZod().join(', ')} }` : '*'} from '${name}';`,
  ]);
}

function usedOfZod(): string[] {
  const sources = globSync('src/{lib,commands}/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const used = sources
    .filter((text) => text.includes("import * as z from 'zod/mini'"))
    .flatMap((text) => [...text.matchAll(/\bz\s*\.([a-zA-Z]+)\(/g)].map(([, name = '']) => name));
  return [...new Set(used)].sort();
}

/** An esbuild plugin that leaves those packages to their own scripts. */
export const apart: Plugin = {
  name: 'apart',
  setup(build) {
    for (const [script, name] of Object.entries(packages))
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
        path: `./${script}.cjs`,
        external: true,
      }));
  },
};
