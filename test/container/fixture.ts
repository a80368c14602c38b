import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../helpers/until.ts';
import { docker, dockerOutput, output, run, socketVariable } from './engine.ts';
import { buildImages } from './images.ts';

let daemon: ChildProcess | null = null;
let directory = '';

async function install(): Promise<void> {
  const words = ['install', '-qq', '-y', '--no-install-recommends', 'docker.io', 'runc'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if ((await run('apt-get', words, { env })).code === 0) return;
  await output('apt-get', 'update', '-qq');
  const answer = await run('apt-get', words, { env });
  if (answer.code !== 0) throw new Error(`docker.io and runc could not be installed:\n${answer.stderr}`);
}

/** Starts, once for all test processes, an engine that leaves the host's network and any other engine alone, and builds the images. */
export async function mochaGlobalSetup(): Promise<void> {
  if (!existsSync('/usr/sbin/dockerd')) await install();
  directory = mkdtempSync(join(tmpdir(), 'hermes-engine-'));
  const log = openSync(join(directory, 'log'), 'w');
  const engine = spawn(
    'setpriv',
    // Ends with this process, and its containers with it, even when this one is killed.
    ['--pdeathsig', 'TERM', 'dockerd', '-H', `unix://${directory}/socket`]
      .concat(['--data-root', `${directory}/data`, '--exec-root', `${directory}/exec`])
      .concat(['--pidfile', `${directory}/pid`, '--storage-driver', 'overlay2'])
      .concat(['--iptables=false', '--ip6tables=false', '--bridge=none']),
    { detached: true, stdio: ['ignore', log, log] },
  );
  daemon = engine;
  process.env[socketVariable] = `${directory}/socket`;
  await until(async () => {
    const text = () => readFileSync(join(directory, 'log'), 'utf8');
    if (engine.exitCode !== null) throw new Error(`dockerd ended with ${engine.exitCode}:\n${text()}`);
    return (await docker(['version'])).code === 0;
  }, 'the engine answers');
  await buildImages();
}

/** Ends the engine with everything that it has. */
export async function mochaGlobalTeardown(): Promise<void> {
  if (daemon === null) return;
  const engine = daemon;
  const containers = (await dockerOutput(['ps', '-aq'])).split('\n').filter((id) => id !== '');
  if (containers.length > 0) await docker(['rm', '-f', '-v', ...containers]);
  engine.kill('SIGTERM');
  await until(() => engine.exitCode !== null || engine.signalCode !== null, 'the engine has ended');
  rmSync(directory, { recursive: true, force: true });
}
