import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as Args from '@oclif/core/args';
import type { Interfaces } from '@oclif/core';
import { asFailure, Failure } from './lib/failure.ts';

/** The shells that completion is set up for. */
const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** SHELL of the commands that set completion up. */
export const shellArg = Args.string({
  description: 'The shell that you type in (default: by the variable SHELL).',
  options: shells,
  ignoreStdin: true,
});

/** The shell that was named, else the one that SHELL names. Throws a Failure (2) for one that cannot be set up. */
export function shellFrom(named: string | undefined, env: NodeJS.ProcessEnv): Shell {
  const word = named ?? basename(env['SHELL'] ?? '');
  const shell = shells.find((known) => known === word);
  if (shell !== undefined) return shell;
  throw new Failure(`completion is for ${shells.join(' and ')}, and SHELL names neither`, {
    code: 'USAGE',
    exit: 2,
    hint: 'Name yours: "hermes autocomplete bash".',
  });
}

/** Makes the directory that oclif writes to. Throws a Failure (1, 77) where that cannot be. */
export function makeCache({ cacheDir }: Interfaces.Config): void {
  try {
    mkdirSync(cacheDir, { recursive: true });
  } catch (error) {
    const { exit } = asFailure(error);
    throw new Failure(`${cacheDir} cannot be made`, {
      code: 'NO_CACHE',
      exit,
      hint: 'Name a directory that can: XDG_CACHE_HOME=/tmp/cache hermes autocomplete bash',
      cause: error,
    });
  }
}

/** The file that oclif writes for a shell to read at its start. */
export function setupFile({ cacheDir }: Interfaces.Config, shell: Shell): string {
  return join(cacheDir, 'autocomplete', `${shell}_setup`);
}
