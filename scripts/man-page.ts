import type { Command, Interfaces } from '@oclif/core';
import { exitCodes } from '../src/exit-codes.ts';
import { argumentWord, flagWord, plain } from './commands-page.ts';

/** man/hermes.1: every command as the manifest has it, exit codes, and the environment as docs/files.md tells it. */
export function manPage({ commands, version }: Interfaces.Manifest, filesPage: string): string {
  const shown = Object.values(commands).filter(({ hidden }) => !hidden);
  const own = shown.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    '.\\" Written by "npm run generate" from the commands themselves.',
    `.TH HERMES 1 "" "hermes ${version}" "User Commands"`,
    '.SH NAME',
    'hermes \\- drive agent gateways supervised by s6',
    '.SH SYNOPSIS',
    '.B hermes',
    '.RB [ \\-p',
    '.IR NAME ]',
    '.I TOPIC COMMAND',
    '.RI [ ARGUMENTS ]',
    '.SH DESCRIPTION',
    'Each profile of a home has one gateway, a long-running process supervised by s6. hermes creates profiles, starts, stops and restarts their gateways, and after every restart of a container brings back exactly those that were wanted up.',
    '.PP',
    'Every command but help takes',
    '.BR \\-\\-json ,',
    '.B \\-\\-help',
    'and',
    '.BI "\\-p\\fR, \\fB\\-\\-profile " NAME\\fR.',
    '.SH COMMANDS',
    ...own.flatMap(section),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodes).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(meaning)]),
    '.SH ENVIRONMENT',
    ...environmentRows(filesPage).flatMap(([name, effect]) => ['.TP', `.B ${text(name)}`, text(effect)]),
    '.SH SEE ALSO',
    '.BR s6\\-svscan (8),',
    '.BR s6\\-svc (8)',
    '',
  ].join('\n');
}

function section({ id, args, flags, summary, description, examples }: Command.Cached): string[] {
  const words = ['hermes', ...id.split(':'), ...Object.values(args).map(argumentWord)];
  const own = Object.values(flags).filter(
    ({ hidden, helpGroup }) => hidden !== true && helpGroup !== 'GLOBAL',
  );
  const lines = (examples ?? []).map((example) => (typeof example === 'string' ? example : example.command));
  return [
    `.SS ${text(words.join(' '))}`,
    text(plain(summary ?? description)),
    ...(summary === undefined || description === undefined ? [] : ['.PP', text(plain(description))]),
    ...own.flatMap((flag) => [
      '.TP',
      `.B ${text(flagWord(flag))}`,
      text(plain(flag.summary ?? flag.description)),
    ]),
    ...(lines.length === 0
      ? []
      : ['.PP', '.RS 4', '.nf', ...lines.map((line) => text(plain(line, id))), '.fi', '.RE']),
  ];
}

/** The rows of the table below "## Environment", without their backticks. */
function environmentRows(page: string): [string, string][] {
  const [, table = ''] = page.split('\n## Environment\n');
  const rows = [...table.matchAll(/^\| (`.*?) \| (.*) \|$/gm)];
  if (rows.length === 0) throw new Error('docs/files.md has no table below "## Environment"');
  return rows.map(([, name = '', effect = '']) => [name.replaceAll('`', ''), effect.replaceAll('`', '')]);
}

/** Words for roff: nothing of them is an escape or a request, and "-" is what one types. */
function text(words: string): string {
  const escaped = words
    .replaceAll('`', '')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll(
      /[^\x20-\x7e]/g,
      (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}
