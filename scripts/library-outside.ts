import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const library = join(root, 'src/lib');
const dist = join(root, 'dist');

// Node would strip the types at every start, which doubles its time; stripping moves nothing.
const loader = `{
  const { pathToFileURL } = require('node:url');
  const library = pathToFileURL(__dirname + '/../src/lib/').href;
  require('node:module').registerHooks({
    load(url, context, next) {
      if (!url.startsWith(library)) return next(url, context);
      const source = require('node:fs').readFileSync(__dirname + '/lib/' + url.slice(library.length));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}`;

/** An esbuild plugin that leaves src/lib out of the bundle: V8 then counts what runs of it where it is written. */
export const libraryOutside: Plugin = {
  name: 'library-outside',
  setup(build) {
    build.initialOptions.banner = { js: loader };
    build.onStart(() => {
      for (const file of globSync('**/*.ts', { cwd: library })) {
        const stripped = stripTypeScriptTypes(readFileSync(join(library, file), 'utf8'));
        mkdirSync(dirname(join(dist, 'lib', file)), { recursive: true });
        writeFileSync(join(dist, 'lib', file), stripped);
      }
    });
    build.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      return file.startsWith(`${library}/`) ? { path: relative(dist, file), external: true } : undefined;
    });
  },
};
