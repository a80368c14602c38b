import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { lazyOclif } from './lazy-oclif.ts';
import { manifest } from './manifest.ts';

const root = join(import.meta.dirname, '..');

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
    `main: (argv) => require('./src/program.ts').main(argv, { root, pjson }),`,
    'COMMANDS: {',
    ...commandFiles().map(([id, file]) => getter(id, `require(${JSON.stringify(file)}).default`)),
    '},',
    getter('Help', `require('./src/help.ts').default`),
    getter('commandNotFound', `require('./src/hooks/command-not-found.ts').default`),
    '};',
  ].join('\n');
}

const { outputFiles } = await build({
  write: false,
  stdin: { contents: entry(), resolveDir: root, loader: 'js' },
  outfile: join(root, 'dist/commands.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // A script compiled from the code cache has no import(): Node's own modules come by require too.
  supported: { 'dynamic-import': false },
  charset: 'ascii',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['typescript', 'ts-node', 'tsx'],
  plugins: [lazyOclif],
  logLevel: 'warning',
});

// The loader reads the bundle as Latin-1, which is twice as fast; esbuild leaves regular expressions as they are.
const ascii = (text: string) =>
  text.replaceAll(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
mkdirSync(join(root, 'dist'), { recursive: true });
for (const { path, text } of outputFiles) writeFileSync(path, ascii(text));

writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(await manifest(root), null, 2)}\n`);
execFileSync(process.execPath, [join(root, 'bin/warm.js')], { stdio: 'inherit' });
