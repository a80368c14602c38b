import { Failure } from '../failure.ts';

const keyRule = /^[A-Za-z_][A-Za-z0-9_]*$/;
const plainValue = /^[A-Za-z0-9_./:@%+,=-]*$/;
const entry = /^[ \t]*(?:export[ \t]+)?([^=\n]*?)[ \t]*=[ \t]*/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A file, a line or a key that no environment can have; says where, never what the value is. */
export class DotenvError extends Failure {
  constructor(place: string, fact: string) {
    super(`${place}: ${fact}`, {
      code: 'DOTENV_INVALID',
      exit: 78,
      hint: 'Correct that file, and type the same again.',
    });
  }
}

function isVariableName(key: string): boolean {
  return keyRule.test(key);
}

/** HERMES_* is the program's own: no `.env` sets it. */
function isOwnKey(key: string): boolean {
  return key.startsWith('HERMES_');
}

interface Value {
  readonly text: string;
  /** Where the line after it begins. */
  readonly end: number;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function unquoted(text: string, from: number): Value {
  const end = lineEnd(text, from);
  const line = text.slice(from, end);
  const comment = /(?:^|[ \t])#/.exec(line);
  // "KEY=#fff" is a value: only a "#" after a blank begins a comment.
  const before = comment === null || (comment.index === 0 && line.startsWith('#') && text[from - 1] === '=');
  return { text: (before ? line : line.slice(0, comment.index)).trim(), end };
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function quoted(text: string, from: number, quote: string, place: string): Value {
  const close = closingQuote(text, from + 1, quote);
  if (close === -1) throw new DotenvError(place, `the quote ${quote} is never closed`);
  const end = lineEnd(text, close + 1);
  if (!/^[ \t\r]*(?:#.*)?$/.test(text.slice(close + 1, end)))
    throw new DotenvError(place, 'there is text after the closing quote');
  const inner = text.slice(from + 1, close);
  const value =
    quote === '"' ? inner.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter) : inner;
  return { text: value, end };
}

function entriesOf(text: string, file: string): Map<string, string> {
  const entries = new Map<string, string>();
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const place = `${file}, line ${line}`;
    let end = lineEnd(text, at);
    const head = text.slice(at, end);
    if (head.trim() !== '' && !head.trimStart().startsWith('#')) {
      const match = entry.exec(head);
      const key = match?.[1] ?? '';
      if (match === null) throw new DotenvError(place, 'there is no "=" in it');
      if (!isVariableName(key))
        throw new DotenvError(place, `${JSON.stringify(key)} is no name of a variable`);
      const from = at + match[0].length;
      const quote = text[from];
      const value = quote === '"' || quote === "'" ? quoted(text, from, quote, place) : unquoted(text, from);
      if (value.text.includes('\0'))
        throw new DotenvError(place, `the value of ${key} contains a NUL character`);
      entries.set(key, value.text);
      end = value.end;
    }
    line += text.slice(at, end + 1).split('\n').length - 1;
    at = end + 1;
  }
  return entries;
}

/**
 * The entries of a dotenv file: `KEY=value`, `export`, comments, single quotes (literal), double quotes (escapes), both
 * over several lines; the last of a key wins, HERMES_* are left out. Throws `DotenvError` (78) that names `file` and line.
 */
export function parseDotenv(text: string, file = '.env'): Map<string, string> {
  return new Map([...entriesOf(text, file)].filter(([key]) => !isOwnKey(key)));
}

/** `parseDotenv` for a file whose entries are to become a profile's own: HERMES_* are refused, not passed over. */
export function parseNewDotenv(text: string, file: string): Map<string, string> {
  const entries = entriesOf(text, file);
  const own = [...entries.keys()].find(isOwnKey);
  if (own !== undefined) throw new DotenvError(file, ownKeyFact(own));
  return entries;
}

/** The key and value of `KEY=value` as typed on a command line; throws `Failure` (2) that never shows the value. */
export function parseAssignment(text: string): [string, string] {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const fact = !text.includes('=')
    ? 'it has no "="'
    : isVariableName(key)
      ? null
      : `${JSON.stringify(key)} is no name of a variable`;
  if (fact !== null) throw badAssignment(fact);
  if (isOwnKey(key)) throw badAssignment(ownKeyFact(key));
  return [key, value];
}

function badAssignment(fact: string): Failure {
  return new Failure(`this is no variable for a profile: ${fact}`, {
    code: 'USAGE',
    exit: 2,
    hint: 'Give KEY=value.',
  });
}

function ownKeyFact(key: string): string {
  return `${key} is Hermes's own and is never taken from a profile`;
}

function quote(value: string): string {
  if (plainValue.test(value)) return value;
  if (!/['\n\r]/.test(value)) return `'${value}'`;
  const escaped = value
    .replace(/[\\"$`]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}

/** A dotenv file that `parseDotenv` reads back as the same entries. */
export function serialiseDotenv(entries: ReadonlyMap<string, string>): string {
  return [...entries].map(([key, value]) => `${key}=${quote(value)}\n`).join('');
}
