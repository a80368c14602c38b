import type { Interfaces } from '@oclif/core';
import { Failure } from './lib/failure.ts';
import { nearest } from './lib/profile/name.ts';
import { tellFailure, wantsJson } from './render.ts';

/** Tells that there is no such command, which one is nearest, and leaves exit code 2. */
export function tellUnknown(typed: string, argv: readonly string[], config: Interfaces.Config): void {
  const shown = config.commands.filter(({ hidden }) => !hidden);
  const commands = shown.map(({ id }) => id.replaceAll(':', ' '));
  const whole = commands.find((command) => typed.startsWith(`${command} `));
  if (whole !== undefined) {
    const hint = `See "hermes ${whole} --help"; one profile is meant with -p NAME.`;
    const surplus = `"hermes ${whole}" takes no such word: ${typed.slice(whole.length + 1)}`;
    tellFailure(new Failure(surplus, { code: 'USAGE', exit: 2, hint }), wantsJson(argv));
    return;
  }
  const [verb = '', ...rest] = typed.split(' ');
  const guess =
    nearest(typed, [...commands, ...config.topics.map(({ name }) => name.replaceAll(':', ' '))]) ??
    // What comes after a topic and a verb are names.
    nearest([verb, ...rest.slice(0, 1)].join(' '), commands) ??
    commands.find((command) => command.endsWith(` ${verb}`)) ??
    null;
  const hint = guess === null ? 'See "hermes --help".' : `Did you mean "hermes ${guess}"?`;
  const message = typed.startsWith('-') ? `no command before ${typed}` : `no such command '${typed}'`;
  tellFailure(new Failure(message, { code: 'USAGE', exit: 2, hint }), wantsJson(argv));
}

/** Tells a program that wants JSON and typed no command that there is nothing to answer. */
export function tellNoCommand(): void {
  const hint = 'See "hermes --help".';
  tellFailure(new Failure('--json needs a whole command', { code: 'USAGE', exit: 2, hint }), true);
}
