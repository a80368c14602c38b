import { spawnSync } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import { errnoOf } from './failure.ts';

/** One program to run to its end, everything decided. */
export interface SyncPlan {
  readonly file: string;
  readonly args: readonly string[];
  /** Standard input; null: none. */
  readonly input: string | null;
  /** Descriptors of ours that become 3, 4, ... of the program. */
  readonly fds: readonly number[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

export interface SyncEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** `ETIMEDOUT`, or why it could not be started; null: neither. */
  readonly errno: string | null;
}

/** What a program may say, in bytes. */
export const outputLimit = 64 * 1024 * 1024;

/** By node:child_process, which loads Node's sockets and streams first. */
export function spawnWhole({ file, args, input, fds, env, timeoutMs }: SyncPlan): SyncEnd {
  const result = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputLimit,
    stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe', ...fds],
    ...(input === null ? {} : { input }),
    env: { ...env },
  });
  const { status, signal } = result;
  // Node leaves both at null, against its types, when the program never started.
  const texts: { stdout: string | null; stderr: string | null } = result;
  const errno = errnoOf(result.error) ?? null;
  return { status, signal, stdout: texts.stdout ?? '', stderr: texts.stderr ?? '', errno };
}

/** The part of Node below spawnSync: one call, no sockets, no streams. */
interface Below {
  spawn(options: object): {
    readonly status: number | null;
    readonly signal: string | null;
    /** A negative errno. */
    readonly error?: number;
    readonly output: readonly (Uint8Array | null)[] | null;
  };
}

let isTried = false;

/**
 * Opens the light way, under a Node with which it was tried before (bin/warm.js). What Node promises of it is nothing: a
 * call that it does not expect aborts the process, and a minor version can change what it expects (process_wrap, 24).
 */
export function takeLightWay(): void {
  isTried = true;
}

function below(): Below | null {
  if (!isTried) return null;
  try {
    return (process as unknown as { binding(name: string): Below }).binding('spawn_sync');
  } catch {
    return null;
  }
}

/** The same with a third of the cost (docs/adr/0010); null where that way is closed. */
export function spawnLight({ file, args, input, fds, env, timeoutMs }: SyncPlan): SyncEnd | null {
  const output = { type: 'pipe', readable: false, writable: true };
  const result = below()?.spawn({
    file,
    args: [file, ...args],
    envPairs: Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    ),
    stdio: [
      input === null
        ? { type: 'ignore' }
        : { type: 'pipe', readable: true, writable: false, input: Buffer.from(input) },
      output,
      output,
      ...fds.map((fd) => ({ type: 'fd', fd })),
    ],
    timeout: timeoutMs,
    maxBuffer: outputLimit,
    killSignal: 9,
  });
  if (result === undefined) return null;
  const text = (fd: number): string => Buffer.from(result.output?.[fd] ?? []).toString('utf8');
  const errno = (result.error ?? 0) === 0 ? null : getSystemErrorName(result.error ?? 0);
  return { status: result.status, signal: result.signal, stdout: text(1), stderr: text(2), errno };
}
