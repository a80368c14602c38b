import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Packages that few commands use, by the name of the script that each becomes: read when it is imported. */
const packages = { execa: 'execa', yaml: 'yaml', zod: 'zod/mini' };
/** Commands of oclif's that are as rare, likewise; their package exports none. */
const commands = {
  autocomplete: 'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js',
  autocomplete_script: 'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js',
};

/** The scripts by name, and the source of each. */
export function chunks(): [script: string, source: string][] {
  const libraries = Object.entries(packages).map(([script, name]): [string, string] => [
    script,
    // As a whole zod is twenty times what we use of it, all languages included.
    `export ${script === 'zod' ? `{ ${usedOfZod().join(', ')} }` : '*'} from '${name}';`,
  ]);
  const own = Object.entries(commands).map(([script, file]): [string, string] => [
    script,
    `export { default } from './${file}';`,
  ]);
  return [...libraries, ...own];
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

/** An esbuild plugin that leaves those to their own scripts. */
export const apart: Plugin = {
  name: 'apart',
  setup(build) {
    const leave = (script: string, filter: string): void =>
      build.onResolve({ filter: new RegExp(filter) }, () => ({ path: `./${script}.cjs`, external: true }));
    for (const [script, name] of Object.entries(packages)) leave(script, `^${name}$`);
    for (const [script, file] of Object.entries(commands)) leave(script, `/${file}$`);
  },
};

/** An esbuild plugin for the scripts: the oclif that they name is the one of the bundle that loads them. */
export const sharedOclif: Plugin = {
  name: 'shared-oclif',
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => ({ path, namespace: 'shared-oclif' }));
    build.onResolve({ filter: /^\.\/commands\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /./, namespace: 'shared-oclif' }, () => ({
      contents: `const bundle = require('./commands.cjs');
module.exports = { ...bundle['oclif/command'], Args: bundle['oclif/args'], Flags: bundle['oclif/flags'], ux: bundle['oclif/ux'] };`,
    }));
  },
};
