import { fstatSync, writeSync } from 'node:fs';
import { errnoOf, Failure, writeFact } from './lib/failure.ts';

/**
 * Writes to stdout, waiting for a slow reader. False when the reader went away (`| head -1`): that is no failure, and
 * nothing under way is cut short for it.
 */
export function out(text: string): boolean {
  return write(1, text);
}

/** Writes to stderr, likewise. */
export function err(text: string): boolean {
  return write(2, text);
}

// Node's streams take several milliseconds to load, and a few lines need none: the descriptor takes them as they are.
// One that somebody made non-blocking is left to its stream from the first time that it is full.
const streams = new Map<number, NodeJS.WriteStream>();

function write(fd: 1 | 2, text: string): boolean {
  let rest = Buffer.from(text);
  try {
    if (!streams.has(fd)) while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EPIPE') return false;
    if (errno !== 'EAGAIN') throw unwritable(fd, error);
    streams.set(fd, (fd === 1 ? process.stdout : process.stderr).on('error', outlive));
  }
  streams.get(fd)?.write(rest);
  return true;
}

function unwritable(fd: 1 | 2, error: unknown): Failure {
  const fact = writeFact(errnoOf(error) ?? String(error));
  return new Failure(`cannot write to ${fd === 1 ? 'stdout' : 'stderr'}: ${fact}`, {
    code: 'WRITE_FAILED',
    exit: 1,
    cause: error,
  });
}

function outlive(error: unknown): void {
  if (errnoOf(error) !== 'EPIPE') throw error;
}

/** Whether stdout shows colours: a terminal, by NO_COLOR and FORCE_COLOR. */
export function showsColours({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  if ((NO_COLOR ?? '') !== '' || TERM === 'dumb') return false;
  // Asking node:tty loads Node's streams.
  return fstatSync(1).isCharacterDevice();
}
