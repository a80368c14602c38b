import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { basename } from 'node:path';
import { errnoOf } from './failure.ts';

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

const outputLimit = 64 * 1024 * 1024;

/** Node's timers take whole numbers of 31 bits; what is left of a deadline is a fraction. */
function wholeMs(timeoutMs: number): number {
  return Math.min(Math.max(1, Math.ceil(timeoutMs)), 2 ** 31 - 1);
}

/** Runs one short program to its end, killing it after `timeoutMs`. */
export function runSync(file: string, args: readonly string[], options: RunSyncOptions): ProcessResult {
  const result = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: wholeMs(options.timeoutMs),
    killSignal: 'SIGKILL',
    maxBuffer: outputLimit,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(options.fds ?? [])],
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  const code = errnoOf(result.error) ?? null;
  const timedOut = code === 'ETIMEDOUT';
  const neverStarted = code !== null && !timedOut;
  return {
    exitCode: result.status,
    signal: result.signal,
    // Node leaves both at null, against its types, when the program never started.
    stdout: neverStarted ? '' : result.stdout,
    stderr: neverStarted ? '' : result.stderr,
    timedOut,
    errno: neverStarted ? code : null,
  };
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
