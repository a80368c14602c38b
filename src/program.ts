import { homedir } from 'node:os';
import type { Interfaces } from '@oclif/core';
import { run } from '@oclif/core/run';
import { orGatewayRun } from './bare-gateway.ts';
import { err, out } from './output.ts';
import { behindTheCommand } from './profile-flag.ts';
import { tellFailure, wantsJson } from './render.ts';

const ignore = () => undefined;

/** oclif's own debug lines are for DEBUG alone; its logger loads the colours and terminals of Node at every start. */
const silent: Interfaces.Logger = {
  namespace: 'hermes',
  child: () => silent,
  debug: ignore,
  error: ignore,
  info: ignore,
  trace: ignore,
  warn: ignore,
};

function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Runs one command line to its end; the exit code is left in `process.exitCode`. */
export async function main(argv: readonly string[], options: Interfaces.LoadOptions & object): Promise<void> {
  // What oclif prints, help and version, goes the way of everything else.
  console.log = (line = '') => out(`${String(line)}\n`);
  console.error = (line = '') => err(`${String(line)}\n`);
  // Unset, oclif asks the user database, which throws for a UID without an entry.
  process.env['SHELL'] ??= '/bin/sh';
  process.env['HOME'] ||= homeOfUser();
  try {
    const words = await orGatewayRun(behindTheCommand(argv));
    await run(words, process.env['DEBUG'] === undefined ? { ...options, logger: silent } : options);
  } catch (error) {
    tellFailure(error, wantsJson(argv));
  }
}
