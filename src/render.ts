import { stripVTControlCharacters } from 'node:util';
import { asFailure, Failure, type FailureJson, failureJson, messageOf } from './lib/failure.ts';
import { err, out } from './output.ts';

/** Whether these words ask for JSON; what follows `--` is not ours. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** One object on one line of stdout. */
export function printJson(object: unknown): void {
  out(`${JSON.stringify(object)}\n`);
}

/** What `--json` prints instead of a result: an allow-list of keys, never argv. */
export function errorObject(error: unknown): { schema: 'hermes.error/1'; error: FailureJson } {
  return { schema: 'hermes.error/1', error: failureJson(error) };
}

/** Tells a failure in one sentence and its way out, or as JSON, and leaves its exit code; a bug's stack needs DEBUG. */
export function tellFailure(error: unknown, json: boolean): void {
  const failure = asFailure(error);
  process.exitCode = failure.exit;
  const { message, hint } = failureJson(failure);
  try {
    if (json) printJson(errorObject(error));
    else err(`Error: ${message}${hint === null ? '' : `\n${hint}`}\n`);
    if (process.env['DEBUG'] !== undefined && error instanceof Error) err(`${error.stack ?? ''}\n`);
  } catch (unheard) {
    // A full volume behind stdout is told on stderr; behind that one nobody is left to tell.
    if (json) tellFailure(unheard, false);
  }
}

/** What the parser says of a command line that it refuses, as a failure of ours (2, `USAGE`). */
export function usageFailure(error: unknown, id = ''): Failure {
  const said = stripVTControlCharacters(messageOf(error));
  const line = said.replace(/\s*See more help with --help\s*$/, '').replaceAll(/\s+/g, ' ');
  const command = ['hermes', ...id.split(':').filter(Boolean)].join(' ');
  return new Failure(plain(line), { code: 'USAGE', exit: 2, hint: `See "${command} --help".`, cause: error });
}

// oclif's words for common mistakes speak of parsing and of unrelated flags.
function plain(line: string): string {
  const [, missing] = /^Missing \d+ required args?: (\S+)/.exec(line) ?? [];
  if (missing !== undefined) return `${missing.toUpperCase()} is missing`;
  const [, flag] = /Missing required flag (\S+)$/.exec(line) ?? [];
  if (flag !== undefined) return `--${flag} is missing`;
  // Behind its "=" may be a secret, meant for a flag that was misspelled.
  if (line.startsWith('Nonexistent flag')) return line.replace(/=.*/, '');
  return line.replace(/^Parsing (--\S+) Expected/, '$1: expected');
}
