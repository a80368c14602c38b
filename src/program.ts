import { execute } from '@oclif/core/execute';
import type { Interfaces } from '@oclif/core';
import { behindTheCommand } from './profile-flag.ts';

/** A reader that went away (`| head -1`) ends the program without a word. */
function endWithTheReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}

/** Runs one command line to its end; the exit code is left in `process.exitCode`. */
export async function main(argv: readonly string[], loadOptions: Interfaces.Options): Promise<void> {
  process.stdout.on('error', endWithTheReader);
  process.stderr.on('error', endWithTheReader);
  // Unset, oclif asks the passwd database, which fails for a UID without an entry.
  process.env['SHELL'] ??= '/bin/sh';
  await execute({ args: behindTheCommand(argv), loadOptions });
}
