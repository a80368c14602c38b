import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { give, type Owner } from '../files/owner.ts';
import { runSync } from '../process.ts';

// What s6-supervise would make itself, 0700 for its own user; what is there already it takes as it is.
const directories: readonly (readonly [path: string, mode: number])[] = [
  ['event', 0o3730],
  ['supervise', 0o755],
  ['supervise/event', 0o3730],
];
const control = 'supervise/control';
/** Well below what one command line takes, also with names of 255 bytes. */
const fifosACall = 4_000;
const mkfifoLimitMs = 30_000;

/** Makes the directories of a supervise skeleton. */
export function makeDirectories(directory: string): void {
  for (const [path, mode] of directories) {
    mkdirSync(`${directory}/${path}`, mode);
    // mkdir(2) drops the set-group-ID bit.
    if (mode > 0o777) chmodSync(`${directory}/${path}`, mode);
  }
}

/** Makes the FIFOs of many skeletons in as few processes as the length of a command line allows; returns complaints. */
export function makeFifos(skeletons: readonly string[]): string {
  const script = 'umask 117 && PATH=$PATH:/usr/bin:/bin exec mkfifo -- "$@"';
  const fifos = skeletons.map((directory) => `${directory}/${control}`);
  let complaints = '';
  for (let from = 0; from < fifos.length; from += fifosACall) {
    const args = ['-c', script, 'mkfifo', ...fifos.slice(from, from + fifosACall)];
    const { exitCode, stderr, errno } = runSync('/bin/sh', args, { timeoutMs: mkfifoLimitMs });
    if (exitCode !== 0) complaints += stderr || `mkfifo: ${errno ?? 'failed'}`;
  }
  return complaints;
}

/** Gives a skeleton to whoever is to command it; throws the complaints where its FIFO is missing. */
export function giveSkeleton(directory: string, owner: Owner | null, complaints: string): void {
  if (complaints !== '' && !existsSync(`${directory}/${control}`)) throw new Error(complaints);
  for (const [path] of directories) give(`${directory}/${path}`, owner);
  give(`${directory}/${control}`, owner);
}
