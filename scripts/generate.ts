import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { markdownTable, type Results } from '../bench/table.ts';
import { commandsPage, commandTable } from './commands-page.ts';
import { manPage } from './man-page.ts';
import { manifest } from './manifest.ts';

const root = join(import.meta.dirname, '..');

/** The JSON Schema of each command's answer, by the schemas of src/schemas. */
async function schemas(): Promise<[file: string, text: string][]> {
  const files = globSync('**/*.ts', { cwd: join(root, 'src/schemas') }).filter(
    (file) => file !== 'answer.ts',
  );
  return Promise.all(
    files.sort().map(async (file): Promise<[string, string]> => {
      const { default: schema } = (await import(join(root, 'src/schemas', file))) as {
        default: z.ZodMiniType;
      };
      const name = file.replace(/\.ts$/, '').replaceAll('/', '.');
      return [
        `schemas/${name}.json`,
        json({ title: `hermes.${name}/1`, ...z.toJSONSchema(schema, { io: 'input' }) }),
      ];
    }),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A text with something else between the two comments that bear a name. */
function between(name: string, text: string, content: string): string {
  const parts = new RegExp(`^([^]*<!-- ${name}: [^>]*-->\\n)[^]*(<!-- /${name} -->[^]*)$`).exec(text);
  if (parts === null) throw new Error(`README.md has no place for ${name}`);
  return `${parts[1] ?? ''}\n${content}\n\n${parts[2] ?? ''}`;
}

function current(file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return null;
  }
}

const commands = await manifest(root);
const schemaFiles = await schemas();
// Help is text; every other command answers.
const silent = Object.keys(commands.commands)
  .filter((id) => id !== 'help')
  .filter((id) => !schemaFiles.some(([file]) => file === `schemas/${id.replaceAll(':', '.')}.json`));
if (silent.length > 0) throw new Error(`no schema in src/schemas for: ${silent.join(', ')}`);

const benchTable = markdownTable(JSON.parse(current('bench/results.json') ?? '') as Results);
const readme = between('bench', current('README.md') ?? '', benchTable);
const wanted = new Map<string, string>([
  ['README.md', between('commands', readme, commandTable(commands))],
  ['oclif.manifest.json', json(commands)],
  ['docs/commands.md', commandsPage(commands)],
  ['man/hermes.1', manPage(commands, readFileSync(join(root, 'docs/files.md'), 'utf8'))],
  ...schemaFiles,
]);
const leftovers = globSync('schemas/*.json', { cwd: root }).filter((file) => !wanted.has(file));
const stale = [
  ...[...wanted].filter(([file, text]) => current(file) !== text).map(([file]) => file),
  ...leftovers,
];

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    process.stderr.write(
      `Error: stale: ${stale.join(', ')}\nRun "npm run generate" and commit what it writes.\n`,
    );
    process.exitCode = 1;
  }
} else {
  for (const file of leftovers) rmSync(join(root, file));
  for (const [file, text] of wanted) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}
