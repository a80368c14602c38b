import type { Plugin } from 'esbuild';

/** Packages that few commands use, by the name of the script that each becomes: read when it is imported. */
export const chunks = { execa: 'execa', yaml: 'yaml', zod: 'zod/mini' };

/** An esbuild plugin that leaves those packages to their own scripts. */
export const apart: Plugin = {
  name: 'apart',
  setup(build) {
    for (const [script, name] of Object.entries(chunks))
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
        path: `./${script}.cjs`,
        external: true,
      }));
  },
};
