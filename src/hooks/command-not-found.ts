import type { Hook } from '@oclif/core';
import { Failure } from '../lib/failure.ts';
import { nearest } from '../lib/profile/name.ts';
import { errorLine, errorObject } from '../render.ts';

/** Names the unknown command and the nearest known one; JSON when `--json` was asked for. Exit 2. */
const commandNotFound: Hook<'command_not_found'> = function ({ id, argv = [], config }) {
  const typed = id.replaceAll(':', ' ');
  const known = [...config.commandIDs, ...config.topics.map((topic) => topic.name)];
  const guess = nearest(
    typed,
    known.map((name) => name.replaceAll(':', ' ')),
  );
  const failure = new Failure(`no such command '${typed}'`, {
    code: 'USAGE',
    exit: 2,
    hint: guess === null ? 'See "hermes --help".' : `Did you mean "hermes ${guess}"?`,
  });
  process.exitCode = failure.exit;
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(errorObject(failure))}\n`);
  else process.stderr.write(`${errorLine(failure)}\n`);
  return Promise.resolve();
};

export default commandNotFound;
