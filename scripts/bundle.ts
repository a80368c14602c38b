import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { apart, chunks, sharedOclif } from './chunks.ts';
import { libraryOutside } from './library-outside.ts';
import { lazyOclif } from './lazy-oclif.ts';
import { lazySources } from './lazy-sources.ts';
import { pluginHelp } from './plugin-help.ts';
import { manifest } from './manifest.ts';

const root = join(import.meta.dirname, '..');
const library = process.argv.includes('--library-outside') ? [libraryOutside] : [];

/** The files of src/commands, each under its command's id: `gateway/start.ts` is `gateway:start`. */
function commandFiles(): [id: string, file: string][] {
  return globSync('**/*.ts', { cwd: join(root, 'src/commands') })
    .sort()
    .map((file) => [file.replace(/\.ts$/, '').replaceAll('/', ':'), `./src/commands/${file}`]);
}

/** The bundle's first module: getters, so that a command, the help and the hook are evaluated when they are used. */
function entry(): string {
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, description, type, oclif } = pjson;
  const getter = (key: string, expression: string) =>
    `get ${JSON.stringify(key)}() { return ${expression}; },`;
  return [
    `const pjson = ${JSON.stringify({ name, version, description, type, oclif })};`,
    `const root = require('node:path').join(__dirname, '..');`,
    'module.exports = {',
    `main: (argv) => require('./src/program.ts').main(argv, { root, pjson, userPlugins: false }),`,
    `takeLightWay: () => require('./src/lib/spawn-sync.ts').takeLightWay(),`,
    'COMMANDS: {',
    ...commandFiles().map(([id, file]) => getter(id, `require(${JSON.stringify(file)}).default`)),
    '},',
    getter('Help', `require('./src/help.ts').default`),
    // What the script "autocomplete" takes of oclif.
    ...['args', 'command', 'flags', 'ux'].map((part) =>
      getter(`oclif/${part}`, `require('@oclif/core/${part}')`),
    ),
    getter('commandNotFound', `require('./src/hooks/command-not-found.ts').default`),
    '};',
  ].join('\n');
}

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // A script compiled from the code cache has no import(): Node's own modules come by require too.
  supported: { 'dynamic-import': false },
  charset: 'ascii',
  minifySyntax: true,
  minifyIdentifiers: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Bundles into dist/. The loader reads Latin-1, and esbuild leaves regular expressions as they are. */
async function write(options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...common, ...options, write: false, outdir: join(root, 'dist') });
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  for (const { path, text } of outputFiles)
    writeFileSync(path.replace(/\.js$/, '.cjs'), text.replaceAll(/[^\0-\x7f]/g, escaped));
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(join(root, 'dist'));
const commands = { contents: entry(), resolveDir: root, sourcefile: 'commands.js', loader: 'js' } as const;
await write({
  stdin: commands,
  entryNames: 'commands',
  external: ['typescript', 'ts-node', 'tsx'],
  plugins: [...library, apart, pluginHelp, lazyOclif, lazySources],
});
await write({
  entryPoints: { supervised: join(root, 'src/supervised.ts') },
  plugins: [...library, apart, lazySources],
});
for (const [script, contents] of chunks())
  await write({
    stdin: { contents, resolveDir: root, loader: 'js' },
    entryNames: script,
    plugins: [sharedOclif],
  });
writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(await manifest(root), null, 2)}\n`);
execFileSync(process.execPath, [join(root, 'bin/warm.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
