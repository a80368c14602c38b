import { statSync } from 'node:fs';
import { join } from 'node:path';
import { run, runSync, type ProcessResult } from '../process.ts';
import { S6CommandError, type S6CommandCode } from './errors.ts';
import { parseSvstat, svstatFields, type ServiceStatus } from './status.ts';
import { type Death, parseTally } from './tai64.ts';

/** One program to run, by its absolute path. */
export type Words = readonly [string, ...string[]];

/** How a wait ended; `failed`: s6 gave the service up, or its supervisor died. */
export type Waited = 'reached' | 'timeout' | 'failed';

/** None of these programs waits for anything when it is only asked or told; this is for a machine that stalls. */
const askLimitMs = 10_000;
/** What a waiting program may take beyond its own limit before we stop waiting for it. */
const slackMs = 5_000;

/** Runs the s6 programs by absolute path, and turns what they answer into values or typed errors. */
export class S6Tools {
  readonly #binDir: string | null;

  constructor(binDir: string | null) {
    this.#binDir = binDir;
  }

  /** The absolute path of one program; throws S6CommandError (S6_MISSING) where s6 is not installed. */
  path(program: string, service: string | null = null): string {
    if (this.#binDir !== null) return join(this.#binDir, program);
    throw new S6CommandError({ code: 'S6_MISSING', service, action: program, returncode: null, stderr: '' });
  }

  /**
   * Words that wait for events of a service, as the owner of its event directory where we are root and that is somebody
   * else: s6 2.11 opens what it listens on to its maker alone, and a supervisor without rights never reaches root there.
   */
  listener(directory: string, words: Words): Words {
    if (process.geteuid?.() !== 0) return words;
    const event = statSync(join(directory, 'event'), { throwIfNoEntry: false });
    if (event === undefined || event.uid === 0) return words;
    return [this.path('s6-applyuidgid'), '-u', `${event.uid}`, '-g', `${event.gid}`, '-G', '', ...words];
  }

  /** Runs one program that answers at once; returns what it printed, throws S6CommandError unless it exits 0. */
  ask(program: string, args: readonly string[], service: string | null): string {
    const result = runSync(this.path(program, service), args, { timeoutMs: askLimitMs });
    if (result.exitCode !== 0) throw commandError(result, actionOf(program, args), service);
    return result.stdout;
  }

  /**
   * Runs one program that waits for an event, for at most `timeoutMs`, which it was told in `args`; the last of them
   * is the service directory.
   */
  async wait(program: string, args: readonly string[], service: string, timeoutMs: number): Promise<Waited> {
    const [file, ...words] = this.listener(args.at(-1) ?? '', [this.path(program, service), ...args]);
    const result = await run(file, words, { timeoutMs: timeoutMs + slackMs });
    const waited = waitedOf(result);
    if (waited === null) throw commandError(result, actionOf(program, args), service);
    return waited;
  }

  /** What s6 says of a service directory; null when it has no supervisor or is missing. */
  status(directory: string, service: string): ServiceStatus | null {
    const args = ['-o', svstatFields, directory];
    const result = runSync(this.path('s6-svstat', service), args, { timeoutMs: askLimitMs });
    if (isUnsupervised(result)) return null;
    const status = result.exitCode === 0 ? parseSvstat(result.stdout) : null;
    if (status === null) throw commandError(result, 's6-svstat', service);
    return status;
  }

  /** The death tally of a service directory, oldest first; empty when it never had a supervisor. */
  tally(directory: string, service: string): Death[] {
    const result = runSync(this.path('s6-svdt', service), [directory], { timeoutMs: askLimitMs });
    if (result.exitCode === 0) return parseTally(result.stdout);
    if (isUnsupervised(result)) return [];
    throw commandError(result, 's6-svdt', service);
  }

  /** Tells the s6-svscan of a scandir something; false when none listens there. */
  scanctl(flags: readonly string[], scandir: string): boolean {
    const args = [...flags, scandir];
    const result = runSync(this.path('s6-svscanctl'), args, { timeoutMs: askLimitMs });
    if (result.exitCode === 0) return true;
    if (isUnheard(result.exitCode) || isMissing(result.stderr)) return false;
    throw commandError(result, actionOf('s6-svscanctl', args), null);
  }
}

/** Whether a program that reads found no supervisor (1), or one that is so young that it has written nothing yet (111). */
export function isUnsupervised({ exitCode, stderr }: Pick<ProcessResult, 'exitCode' | 'stderr'>): boolean {
  return exitCode === 1 || (exitCode === 111 && isMissing(stderr));
}

/** The typed error for a program that failed, by its exit code and, where that says too little, its words. */
export function commandError(result: ProcessResult, action: string, service: string | null): S6CommandError {
  const { exitCode, stderr } = result;
  return new S6CommandError({ code: codeOf(result), service, action, returncode: exitCode, stderr });
}

function codeOf({ errno, timedOut, exitCode, stderr }: ProcessResult): S6CommandCode {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'S6_MISSING';
  if (errno === 'EACCES' || errno === 'EPERM' || isDenied(stderr)) return 'S6_DENIED';
  if (isDeserted(stderr) || exitCode === 102) return 'S6_NOT_SUPERVISED';
  return timedOut || exitCode === 99 || isLate(stderr) ? 'S6_TIMEOUT' : 'S6_FAILED';
}

const isLate = (stderr: string): boolean => /timed out/.test(stderr);
const isMissing = (stderr: string): boolean => /No such file/.test(stderr);
const isDenied = (stderr: string): boolean => /Permission denied|Operation not permitted/.test(stderr);
const isDeserted = (stderr: string): boolean =>
  /supervisor not listening|s6-supervise not running/.test(stderr);

// 100 up to 2.13 (where it also means wrong usage), 102 from 2.14 on.
function isUnheard(exitCode: number | null): boolean {
  return exitCode === 100 || exitCode === 102;
}

/** How a waiting program ended; null: it failed. */
// s6-svc -w: 99 or 1 at its limit, 1 or 102 for a permanent failure; s6-svwait: 99, and as many as have failed.
export function waitedOf({ exitCode, timedOut, stderr }: ProcessResult): Waited | null {
  // The half of s6-svc that waits goes on when the half that sends was turned away, and may even see its state.
  if (isDenied(stderr) || isDeserted(stderr)) return null;
  if (exitCode === 0) return 'reached';
  if (timedOut || exitCode === 99) return 'timeout';
  if (exitCode === 1) return isLate(stderr) ? 'timeout' : 'failed';
  return exitCode === 102 ? 'failed' : null;
}

// The directory is the last argument and says nothing that the service's name does not.
function actionOf(program: string, args: readonly string[]): string {
  return [program, ...args.slice(0, -1)].join(' ');
}
