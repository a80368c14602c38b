import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { lazyRequires } from './lazy-oclif.ts';

const root = join(import.meta.dirname, '..');

/** Loaded by every Node before its first line, and called thousands of times by a boot pass: taken as they are. */
const free = ['node:fs', 'node:path', 'node:util', 'node:url', 'node:events', 'node:buffer'];

/**
 * An esbuild plugin that makes our modules CommonJS before they are bundled, each loaded where something of it is used.
 * As ES modules they would all become one scope, and every start would make every function and variable of all of them.
 */
export const lazySources: Plugin = {
  name: 'lazy-sources',
  setup(build) {
    // In a namespace of their own, because package.json says that files here are ES modules.
    build.onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => ({
      path: relative(root, join(resolveDir, path)),
      namespace: 'sources',
    }));
    build.onLoad({ filter: /./, namespace: 'sources' }, ({ path }) => ({
      contents: lazyRequires(commonJs(readFileSync(join(root, path), 'utf8')), free),
      resolveDir: join(root, dirname(path)),
      loader: 'js',
    }));
  },
};

function commonJs(text: string): string {
  const { module, target } = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  return ts.transpileModule(text, { compilerOptions: { module, target, esModuleInterop: false } }).outputText;
}
