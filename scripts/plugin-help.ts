import type { Plugin } from 'esbuild';

/** The four names that the help plugin takes from oclif, without the rest of oclif's index. */
const used = `export * as Args from '@oclif/core/args';
export { Command } from '@oclif/core/command';
export * as Flags from '@oclif/core/flags';
export { loadHelpClass } from '@oclif/core/help';`;

/** An esbuild plugin: oclif's index would bring a semver parser and all of its own commands' helpers into the bundle. */
export const pluginHelp: Plugin = {
  name: 'plugin-help',
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, ({ importer, resolveDir }) =>
      importer.includes('/@oclif/plugin-help/')
        ? {
            path: importer.replace(/.*\/node_modules\//, ''),
            namespace: 'plugin-help',
            pluginData: resolveDir,
          }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'plugin-help' }, ({ pluginData }) => ({
      contents: used,
      resolveDir: String(pluginData),
      loader: 'js',
    }));
  },
};
