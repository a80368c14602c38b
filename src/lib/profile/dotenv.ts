import { Failure } from '../failure.ts';

const keyRule = /^[A-Za-z_][A-Za-z0-9_]*$/;
const plainValue = /^[A-Za-z0-9_./:@%+,=-]*$/;
const entry = /^[ \t]*(?:export[ \t]+)?([^=\n]*?)[ \t]*=[ \t]*/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A key or a line that no environment can have; says where, never what the value is. */
export class DotenvError extends Failure {
  constructor(place: string, fact: string) {
    super(`${place}: ${fact}`, { code: 'DOTENV_INVALID', exit: 78 });
  }
}

/** Whether a key may be in a `.env`; HERMES_* is the program's own and never comes from there. */
export function isEnvironmentKey(key: string): boolean {
  return keyRule.test(key);
}

/** Whether a key is the program's own, so that no `.env` may set it. */
export function isOwnKey(key: string): boolean {
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

/**
 * The entries of a dotenv file: `KEY=value`, `export`, comments, single quotes (literal), double quotes (escapes), both
 * over several lines; the last of a key wins. HERMES_* entries are left out. `file` is for the message of `DotenvError` (78).
 */
export function parseDotenv(text: string, file = '.env'): Map<string, string> {
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
      if (!isEnvironmentKey(key))
        throw new DotenvError(place, `${JSON.stringify(key)} is no name of a variable`);
      const from = at + match[0].length;
      const quote = text[from];
      const value = quote === '"' || quote === "'" ? quoted(text, from, quote, place) : unquoted(text, from);
      if (value.text.includes('\0'))
        throw new DotenvError(place, `the value of ${key} contains a NUL character`);
      if (!isOwnKey(key)) entries.set(key, value.text);
      end = value.end;
    }
    line += text.slice(at, end + 1).split('\n').length - 1;
    at = end + 1;
  }
  return entries;
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
