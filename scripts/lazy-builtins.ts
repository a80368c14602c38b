import type { Plugin } from 'esbuild';

/** Loaded by every Node before its first line. */
const free = ['node:fs', 'node:path', 'node:util', 'node:url', 'node:events', 'node:buffer'];

/**
 * An esbuild plugin that loads Node's other modules when something of them is used, not when a source names them:
 * node:crypto takes 5 ms, node:child_process 3. For our own sources, which use them as namespaces of functions.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      importer.includes('/node_modules/') || !/\/src\/.*\.ts$/.test(importer) || free.includes(path)
        ? null
        : { path, namespace: 'builtin' },
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== 'default');
      const getters = names.map(
        (name) => `get ${name}() { return require(${JSON.stringify(path)}).${name}; },`,
      );
      return { contents: `module.exports = { ${getters.join('\n')} };` };
    });
  },
};
