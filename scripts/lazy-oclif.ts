import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Text of @oclif/core that costs every start several milliseconds, and what stands there in the bundle. */
const patches: readonly Patch[] = [
  // The first localeCompare of a process creates an ICU collator. Command ids are ASCII.
  {
    file: 'config/plugin.js',
    from: '.sort((a, b) => a.id.localeCompare(b.id))',
    to: '.sort((a, b) => (a.id < b.id ? -1 : 1))',
  },
  // Whether this is Windows' Linux subsystem decides nothing here.
  {
    file: 'util/os.js',
    from: "(await import('wsl-utils')).isWsl ? 'wsl' : (0, node_os_1.platform)()",
    to: '(0, node_os_1.platform)()',
  },
  // A second logger was made, with the colours and terminals of the package debug, and thrown away.
  {
    file: 'logger.js',
    from: '    else {\n        set(makeLogger(OCLIF_NS));',
    to: "    else if (!cachedLoggers.has('root')) {\n        set(makeLogger(OCLIF_NS));",
  },
  // Touching process.stdout loads Node's streams; who uses it as a stream listens for a closed reader there.
  {
    file: 'command.js',
    from: `process.stdout.on('error', (err) => {
    if (err && err.code === 'EPIPE')
        return;
    throw err;
});`,
    to: '',
  },
  // The progress spinner takes hold of both streams as soon as anything is printed; no command draws one.
  {
    file: 'ux/index.js',
    from: "exports.action = ACTION_TYPE === 'spinner' ? new spinner_1.default() : new simple_1.default();",
    to: `let action;
Object.defineProperty(exports, 'action', {
    get: () => (action ??= actionType() === 'spinner' ? new spinner_1.default() : new simple_1.default()),
});`,
  },
  { file: 'ux/index.js', from: 'const ACTION_TYPE = (Boolean(', to: 'const actionType = () => (Boolean(' },
  { file: 'ux/index.js', from: 'action: exports.action,', to: 'get action() { return exports.action; },' },
  // node:fs/promises brings the readline interface along; two small files are read.
  {
    file: 'util/fs.js',
    from: "await (0, promises_1.readFile)(path, 'utf8')",
    to: "(0, node_fs_1.readFileSync)(path, 'utf8')",
  },
];

/** A file's text with the patches meant for it, and those whose text is no longer there. */
export function applyPatches(file: string, text: string, all = patches): { text: string; gone: Patch[] } {
  const own = all.filter((patch) => patch.file === file);
  return {
    text: own.reduce((patched, { from, to }) => patched.replace(from, () => to), text),
    gone: own.filter(({ from }) => !text.includes(from)),
  };
}

/** What oclif names and the built program never asks for: file patterns, other places of its configuration, WSL. */
const unused = ['minimatch', 'tinyglobby', 'lilconfig', 'wsl-utils'];

const topLevelRequire =
  /^const (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\((?:"([^"]+)"|'([^']+)')\)\)?);$/gm;

/**
 * Turns the `const x_1 = require("x")` that the TypeScript compiler wrote into getters, evaluated where they are used;
 * those of `eager` modules stay.
 */
export function lazyRequires(text: string, eager: readonly string[] = []): string {
  const lazy = [...text.matchAll(topLevelRequire)].filter(
    ([, , , one, other]) => !eager.includes(one ?? other ?? ''),
  );
  if (lazy.length === 0) return text;
  const names = lazy.map(([, name]) => name).join('|');
  const used = new RegExp(`\\b(${names})\\b(?! = (?:__import|require))`, 'g');
  const declared = new RegExp(`^const (${names}) = (.*);$`, 'gm');
  return text.replace(used, '$1.lazy').replace(declared, 'const $1 = { get lazy() { return $2; } };');
}

/** An esbuild plugin for @oclif/core alone; the build fails when the text that it changes is no longer there. */
export const lazyOclif: Plugin = {
  name: 'lazy-oclif',
  setup(build) {
    const unseen = new Set(['command.js', 'main.js', 'config/config.js', ...patches.map(({ file }) => file)]);
    build.onLoad({ filter: /node_modules\/@oclif\/core\/lib\/.*\.js$/ }, ({ path }) => {
      const file = path.replace(/.*\/@oclif\/core\/lib\//, '');
      const { text, gone } = applyPatches(file, readFileSync(path, 'utf8'));
      const contents = lazyRequires(text);
      if (gone.length === 0 && contents !== text) unseen.delete(file);
      return { contents, loader: 'js' };
    });
    build.onResolve({ filter: new RegExp(`^(${unused.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'unused',
    }));
    build.onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: `throw new Error('${path} is left out of the bundle');`,
    }));
    build.onEnd(() => ({
      errors: [...unseen].map((file) => ({
        text: `lib/${file} of @oclif/core no longer has the text that scripts/lazy-oclif.ts changes`,
      })),
    }));
  },
};
