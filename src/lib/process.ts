import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { basename } from 'node:path';
import { errnoOf } from './failure.ts';
import { outputLimit, spawnLight, spawnWhole, type SyncPlan } from './spawn-sync.ts';

/** How a program ended; an exit code is a value here, never an exception. */
export interface ProcessResult {
  /** Null when a signal ended it or it never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** `ENOENT`, `EACCES`, ... when the program could not be started. */
  readonly errno: string | null;
}

export interface RunOptions {
  readonly timeoutMs: number;
  /** The whole environment of the program; ours when it is left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunSyncOptions extends RunOptions {
  readonly input?: string;
  /** Descriptors of ours that become 3, 4, ... of the program. */
  readonly fds?: readonly number[];
}

export interface RunAsyncOptions extends RunOptions {
  /** Ends the program when it fires. */
  readonly signal?: AbortSignal;
}

/** Node's timers take whole numbers of 31 bits; what is left of a deadline is a fraction. */
function wholeMs(timeoutMs: number): number {
  return Math.min(Math.max(1, Math.ceil(timeoutMs)), 2 ** 31 - 1);
}

/** Runs one short program to its end, killing it after `timeoutMs`. */
export function runSync(file: string, args: readonly string[], options: RunSyncOptions): ProcessResult {
  const { input, fds = [], env, timeoutMs } = options;
  // eslint-disable-next-line no-restricted-syntax -- the program inherits it; nothing here is decided by it
  const inherited = process.env;
  const plan: SyncPlan = {
    file,
    args,
    input: input ?? null,
    fds,
    env: env ?? inherited,
    timeoutMs: wholeMs(timeoutMs),
  };
  const { status, signal, stdout, stderr, errno } = spawnLight(plan) ?? spawnWhole(plan);
  const timedOut = errno === 'ETIMEDOUT';
  return { exitCode: status, signal, stdout, stderr, timedOut, errno: timedOut ? null : errno };
}

/** Runs one program to its end without blocking, killing it after `timeoutMs` or when `signal` fires. */
export async function run(
  file: string,
  args: readonly string[],
  options: RunAsyncOptions,
): Promise<ProcessResult> {
  const { execa } = await import('execa');
  const result = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    timeout: wholeMs(options.timeoutMs),
    killSignal: 'SIGKILL',
    maxBuffer: outputLimit,
    ...(options.env === undefined ? {} : { env: { ...options.env }, extendEnv: false }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  return {
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    timedOut: result.timedOut,
    errno: result.exitCode === undefined && result.signal === undefined ? (result.code ?? 'UNKNOWN') : null,
  };
}

/** Loads what `runApart` takes of Node, 4 ms, for whoever has something else to wait for. */
export async function loadRunApart(): Promise<void> {
  await import('node:child_process');
}

/**
 * Runs one program to its end in a session of its own, where a terminal's Ctrl-C does not reach it. When `signal` fires
 * it is waited for no longer and goes on: the result then has neither exit code nor signal, and what was said so far.
 */
export function runApart(
  file: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<ProcessResult> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said = { stdout: '', stderr: '' };
  const { promise, resolve } = Promise.withResolvers<ProcessResult>();
  const end = (exitCode: number | null, by: NodeJS.Signals | null, errno: string | null): void => {
    resolve({ exitCode, signal: by, ...said, timedOut: false, errno });
  };
  const leave = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
    end(null, null, null);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  child.once('error', (error) => end(null, null, errnoOf(error) ?? 'UNKNOWN'));
  child.once('close', (exitCode, by) => end(exitCode, by, null));
  if (signal?.aborted === true) leave();
  else signal?.addEventListener('abort', leave, { once: true });
  return promise;
}

/** Starts a program that lives on beside us; the caller watches it. */
export function spawnChild(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(file, args, options);
}

/** Becomes another program, which must be there: a failing attempt aborts. Returns where Node cannot (before 22.15). */
export function becomeProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const set = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  process.execve?.(file, [basename(file), ...args], Object.fromEntries(set));
}
