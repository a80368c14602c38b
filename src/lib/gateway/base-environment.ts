import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../site.ts';
import { lockHolder } from './orphan.ts';

/** What every gateway of this site starts with, before its own `.env`. */
export interface BaseEnvironment {
  /** Where it comes from, in words. */
  readonly source: string;
  readonly variables: ReadonlyMap<string, string>;
}

const containerEnvironment = '/run/s6/container_environment';

/** s6-overlay's copy of the container's environment, a file a variable. */
function fromFiles(directory: string): Map<string, string> {
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** The environment that a process was started with. */
function fromProcess(pid: number): Map<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return new Map(entries.map((entry) => [entry.replace(/=.*/s, ''), entry.replace(/^[^=]*=/, '')]));
}

/** Reads what the slots' scripts get: through with-contenv where it is, else from s6-svscan; our own where neither can be read. */
export function baseEnvironment({ binDir, scandir, env }: Site): BaseEnvironment {
  const own = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  try {
    if (binDir !== null && existsSync(join(binDir, 'with-contenv')) && existsSync(containerEnvironment))
      return { source: containerEnvironment, variables: fromFiles(containerEnvironment) };
    const svscan = lockHolder(join(scandir, '.s6-svscan', 'lock'));
    if (svscan !== null) return { source: `s6-svscan (pid ${svscan})`, variables: fromProcess(svscan) };
  } catch {
    // Somebody else's process: ours is the nearest that can be known.
  }
  return { source: 'the environment of this command', variables: new Map(own) };
}
