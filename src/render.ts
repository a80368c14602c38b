import { Failure, type FailureJson, failureJson } from './lib/failure.ts';

/** What `--json` prints instead of a result: an allow-list of keys, never argv. */
export function errorObject(error: unknown): { schema: 'hermes.error/1'; error: FailureJson } {
  return { schema: 'hermes.error/1', error: failureJson(error) };
}

/** The same for people: one sentence, and below it the way out. */
export function errorLine(error: unknown): string {
  const { message, hint } = failureJson(error);
  return `Error: ${message}${hint === null ? '' : `\n${hint}`}`;
}

/** A command line that the parser refused, as a failure of ours: exit 2. */
export function usageFailure(error: Error, id = ''): Failure {
  const message = error.message.replace(/\nSee more help with --help$/, '');
  const command = ['hermes', ...id.split(':').filter(Boolean)].join(' ');
  return new Failure(message, { code: 'USAGE', exit: 2, hint: `See "${command} --help".`, cause: error });
}
