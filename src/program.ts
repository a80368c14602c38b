import type { Interfaces } from '@oclif/core';
import { run } from '@oclif/core/run';
import { behindTheCommand } from './profile-flag.ts';
import { tellFailure, wantsJson } from './render.ts';

/** A reader that went away (`| head -1`) is no failure, and nothing under way is cut short for it. */
function outlive(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Runs one command line to its end; the exit code is left in `process.exitCode`. */
export async function main(argv: readonly string[], loadOptions: Interfaces.Options): Promise<void> {
  process.stdout.on('error', outlive);
  process.stderr.on('error', outlive);
  // Unset, oclif asks the user database, which throws for a UID without an entry.
  process.env['SHELL'] ??= '/bin/sh';
  try {
    await run(behindTheCommand(argv), loadOptions);
  } catch (error) {
    tellFailure(error, wantsJson(argv));
  }
}
