import type { Plugin } from 'esbuild';

/** Packages that few commands use: each a script of its own beside the bundle, read when it is imported. */
export const chunks: readonly string[] = ['execa', 'yaml'];

/** An esbuild plugin that leaves those packages to their own scripts. */
export const apart: Plugin = {
  name: 'apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${chunks.join('|')})$`) }, ({ path }) => ({
      path: `./${path}.cjs`,
      external: true,
    }));
  },
};
