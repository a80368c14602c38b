import type { Interfaces } from '@oclif/core';
import { Failure } from './lib/failure.ts';
import { nearest } from './lib/profile/name.ts';
import { tellFailure, wantsJson } from './render.ts';

/** Tells that there is no such command, which one is nearest, and leaves exit code 2. */
export function tellUnknown(typed: string, argv: readonly string[], config: Interfaces.Config): void {
  const known = [...config.commandIDs, ...config.topics.map(({ name }) => name)];
  const guess = nearest(
    typed,
    known.map((id) => id.replaceAll(':', ' ')),
  );
  const hint = guess === null ? 'See "hermes --help".' : `Did you mean "hermes ${guess}"?`;
  const message = typed.startsWith('-') ? `no command before ${typed}` : `no such command '${typed}'`;
  tellFailure(new Failure(message, { code: 'USAGE', exit: 2, hint }), wantsJson(argv));
}

/** Tells a program that wants JSON and typed no command that there is nothing to answer. */
export function tellNoCommand(): void {
  const hint = 'See "hermes --help".';
  tellFailure(new Failure('--json needs a whole command', { code: 'USAGE', exit: 2, hint }), true);
}
