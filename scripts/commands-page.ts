import type { Command, Interfaces } from '@oclif/core';

function shown({ commands }: Interfaces.Manifest): Command.Cached[] {
  return Object.values(commands)
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The commands with what each is for, a row each, for README. */
export function commandTable(manifest: Interfaces.Manifest): string {
  const rows = shown(manifest).map((command): [string, string] => {
    const words = [command.id.replaceAll(':', ' '), ...Object.values(command.args).map(argumentWord)];
    return [words.join(' '), plain(command.summary ?? command.description)];
  });
  return table('command', rows).join('\n').trim();
}

/** docs/commands.md: every command with its words, arguments and flags, as the manifest has them. */
export function commandsPage(manifest: Interfaces.Manifest): string {
  return [
    '# Commands',
    '',
    '<!-- Written by "npm run generate" from the commands themselves. -->',
    '',
    'Every command but `help` takes `--json` (one object, its schema in `schemas/`), `--help` and `-p NAME`; what its exit code means is in [exit-codes.md](exit-codes.md).',
    ...shown(manifest).flatMap(section),
    '',
  ].join('\n');
}

function section(command: Command.Cached): string[] {
  const flags = Object.values(command.flags).filter(
    ({ hidden, helpGroup }) => hidden !== true && helpGroup !== 'GLOBAL',
  );
  const args = Object.values(command.args);
  const words = [
    'hermes',
    command.id.replaceAll(':', ' '),
    ...args.map(argumentWord),
    ...(flags.length > 0 ? ['[FLAGS]'] : []),
  ];
  return [
    '',
    `## \`hermes ${command.id.replaceAll(':', ' ')}\``,
    '',
    plain(command.summary ?? command.description),
    ...(command.summary === undefined || command.description === undefined
      ? []
      : ['', plain(command.description)]),
    '',
    '```console',
    `$ ${words.join(' ')}`,
    ...examples(command),
    '```',
    ...table(
      'argument',
      args.map((arg) => [arg.name.toUpperCase(), plain(arg.description)]),
    ),
    ...table(
      'flag',
      flags.map((flag) => [flagWord(flag), plain(flag.summary ?? flag.description)]),
    ),
  ];
}

/** How an argument stands in a command line. */
export function argumentWord({ name, required, multiple }: Command.Arg.Cached): string {
  const word = `${name.toUpperCase()}${multiple === true ? '...' : ''}`;
  return required === true ? word : `[${word}]`;
}

/** How a flag stands in a table, with all its spellings. */
export function flagWord(flag: Command.Flag.Cached): string {
  const long = `--${flag.type === 'boolean' && flag.allowNo ? '[no-]' : ''}${flag.name}`;
  const value =
    flag.type === 'option' ? ` ${[flag.helpValue ?? flag.name.toUpperCase()].flat().join(' ')}` : '';
  return `${flag.char === undefined ? '' : `-${flag.char}, `}${long}${value}`;
}

function examples({ examples: given, id }: Command.Cached): string[] {
  const lines = (given ?? []).map((example) => (typeof example === 'string' ? example : example.command));
  return lines.flatMap((line) => [`$ ${plain(line, id)}`]);
}

function table(noun: string, rows: [string, string][]): string[] {
  if (rows.length === 0) return [];
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '',
    `| ${noun} | |`,
    '|---|---|',
    ...rows.map(([word, text]) => `| \`${cell(word)}\` | ${cell(text)} |`),
  ];
}

/** The words without the templates that only oclif's help fills in. */
export function plain(text = '', id = ''): string {
  return text
    .replaceAll('<%= config.bin %>', 'hermes')
    .replaceAll('<%= command.id %>', id.replaceAll(':', ' '))
    .replaceAll('\n', ' ')
    .trim();
}
