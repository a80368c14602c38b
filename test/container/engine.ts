import { execFile } from 'node:child_process';
import { request } from 'node:http';
import type { Answer } from '../helpers/cli.ts';

/** The client that belongs to the private engine; another one on PATH may be too new for it. */
const client = '/usr/bin/docker';

/** Names the private engine's socket to the processes that run the tests. */
export const socketVariable = 'HERMES_TEST_ENGINE';

function socket(): string {
  const path = process.env[socketVariable];
  if (path === undefined)
    throw new Error('no engine: test/container/fixture.ts, which starts it, was not required');
  return path;
}

/** Runs a program to its end, whatever its exit code. */
export function run(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      { env: { ...process.env, ...options.env }, maxBuffer: 1 << 28, timeout: 60_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const { code, signal } = error ?? { code: 0, signal: null };
        resolve({ code: typeof code === 'number' ? code : null, signal: signal ?? null, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => undefined).end(options.input);
  });
}

/** Runs a program that must succeed, and gives its output without the last newline. */
export async function output(...words: [string, ...string[]]): Promise<string> {
  const [file, ...args] = words;
  const answer = await run(file, args);
  if (answer.code !== 0)
    throw new Error(`${words.join(' ')} ended with ${String(answer.code)}:\n${answer.stderr}`);
  return answer.stdout.trimEnd();
}

/** Runs a `docker` command on the private engine. */
export function docker(args: readonly string[], input?: Buffer): Promise<Answer> {
  const env = { DOCKER_HOST: `unix://${socket()}`, DOCKER_BUILDKIT: '1' };
  return run(client, args, input === undefined ? { env } : { env, input });
}

/** A `docker` command that must succeed; gives its output without the last newline. */
export async function dockerOutput(args: readonly string[], input?: Buffer): Promise<string> {
  const answer = await docker(args, input);
  if (answer.code === 0) return answer.stdout.trimEnd();
  throw new Error(`docker ${args.join(' ')} ended with ${String(answer.code)}:\n${answer.stderr}`);
}

/** Types into the terminal of a container (`docker run -ti`). */
export async function typeInto(container: string, keys: string): Promise<void> {
  const path = `/containers/${container}/attach?stream=1&stdin=1`;
  const headers = { Connection: 'Upgrade', Upgrade: 'tcp' };
  const asked = request({ socketPath: socket(), path, method: 'POST', headers });
  await new Promise<void>((resolve, reject) => {
    asked.on('error', reject).on('upgrade', (_, stream) => stream.end(keys, resolve));
    asked.end();
  });
}
