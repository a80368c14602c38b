import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../helpers/cli.ts';
import { until } from '../helpers/until.ts';

interface Engine {
  readonly directory: string;
  readonly daemon: ChildProcess;
}

/** The client that belongs to the engine below; another one on PATH may be too new for it. */
const client = '/usr/bin/docker';

let engine: Promise<Engine> | null = null;

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

async function install(): Promise<void> {
  const words = ['install', '-qq', '-y', '--no-install-recommends', 'docker.io', 'runc'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if ((await run('apt-get', words, { env })).code === 0) return;
  await output('apt-get', 'update', '-qq');
  const answer = await run('apt-get', words, { env });
  if (answer.code !== 0) throw new Error(`docker.io and runc could not be installed:\n${answer.stderr}`);
}

/** An engine of our own that leaves the host's network and any other engine alone. */
async function start(): Promise<Engine> {
  if (!existsSync('/usr/sbin/dockerd')) await install();
  const directory = mkdtempSync(join(tmpdir(), 'hermes-engine-'));
  const log = openSync(join(directory, 'log'), 'w');
  const daemon = spawn(
    'setpriv',
    // Ends with this process, and its containers with it, even when this one is killed.
    ['--pdeathsig', 'TERM', 'dockerd', '-H', `unix://${directory}/socket`]
      .concat(['--data-root', `${directory}/data`, '--exec-root', `${directory}/exec`])
      .concat(['--pidfile', `${directory}/pid`, '--storage-driver', 'overlay2'])
      .concat(['--iptables=false', '--ip6tables=false', '--bridge=none']),
    { detached: true, stdio: ['ignore', log, log] },
  );
  await until(async () => {
    const text = () => readFileSync(join(directory, 'log'), 'utf8');
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}:\n${text()}`);
    return (await run(client, ['-H', `unix://${directory}/socket`, 'version'])).code === 0;
  }, 'the engine answers');
  return { directory, daemon };
}

/** Runs a `docker` command on the private engine, which is started by the first one. */
export async function docker(args: readonly string[], input?: Buffer): Promise<Answer> {
  engine ??= start();
  const { directory } = await engine;
  const env = { DOCKER_HOST: `unix://${directory}/socket`, DOCKER_BUILDKIT: '1' };
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
  const { directory } = await (engine ?? Promise.reject(new Error('no container runs')));
  const path = `/containers/${container}/attach?stream=1&stdin=1`;
  const headers = { Connection: 'Upgrade', Upgrade: 'tcp' };
  const asked = request({ socketPath: `${directory}/socket`, path, method: 'POST', headers });
  await new Promise<void>((resolve, reject) => {
    asked.on('error', reject).on('upgrade', (_, socket) => socket.end(keys, resolve));
    asked.end();
  });
}

after('end the engine', async function () {
  this.timeout(120_000);
  if (engine === null) return;
  const { directory, daemon } = await engine;
  const containers = (await dockerOutput(['ps', '-aq'])).split('\n').filter((id) => id !== '');
  if (containers.length > 0) await docker(['rm', '-f', '-v', ...containers]);
  daemon.kill('SIGTERM');
  await until(() => daemon.exitCode !== null || daemon.signalCode !== null, 'the engine has ended');
  rmSync(directory, { recursive: true, force: true });
});
