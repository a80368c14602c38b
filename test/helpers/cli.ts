import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How the program ended and what it said. */
export interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Sets `HERMES_HOME`. */
  readonly home?: string;
  /** Sets `S6_PROFILE_GATEWAY_SCANDIR`; a missing one means that no service manager serves. */
  readonly scandir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input; without it the program reads end-of-file. */
  readonly input?: string;
  /** Becomes this user and its group (root only). */
  readonly as?: number;
  /** Kills the program and rejects after this time. */
  readonly limitMs?: number;
}

/** The built program's entry, as npm installs it. */
export const entry = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

// Nothing of the developer's machine decides a test: no HERMES_*, no colour, no certificates read at start-up.
function environment(options: CliOptions): NodeJS.ProcessEnv {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  return {
    PATH,
    HOME: '/tmp',
    ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }),
    ...(options.home !== undefined && { HERMES_HOME: options.home }),
    ...(options.scandir !== undefined && { S6_PROFILE_GATEWAY_SCANDIR: options.scandir }),
    ...options.env,
  };
}

/** Starts the built program and leaves it running; its output is the caller's to read. */
export function startHermes(args: readonly string[], options: CliOptions = {}): ChildProcess {
  return spawn(process.execPath, ['--', entry, ...args], {
    cwd: options.cwd,
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.as !== undefined && { uid: options.as, gid: options.as }),
  });
}

/** Runs the built program to its end. Rejects when it takes longer than `limitMs` (60 s). */
export function runHermes(args: readonly string[], options: CliOptions = {}): Promise<Answer> {
  const child = startHermes(args, options);
  const limitMs = options.limitMs ?? 60_000;
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that ends without reading its input breaks the pipe; its answer is what counts.
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`hermes ${args.join(' ')} took longer than ${limitMs} ms\n${stdout}${stderr}`));
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Runs with `--json` and parses the one object that comes; the exit code is the caller's to check. */
export async function runJson(
  args: readonly string[],
  options: CliOptions = {},
): Promise<Answer & { readonly json: unknown }> {
  const answer = await runHermes([...args, '--json'], options);
  return { ...answer, json: JSON.parse(answer.stdout) as unknown };
}

/** Runs with `| head -1` behind it: what head printed, and how the program itself ended. */
export async function runBeforeHead(args: readonly string[], options: CliOptions = {}): Promise<Answer> {
  const script = '{ "$@"; echo $? >&3; } | head -1';
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, '--', entry, ...args], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([1, 2, 3].map((fd) => text(child.stdio[fd] as Readable)));
  return { stdout: stdout ?? '', stderr: stderr ?? '', code: Number(code), signal: null };
}
