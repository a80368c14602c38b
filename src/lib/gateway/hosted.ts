import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { spawnChild } from '../process.ts';
import { accepts } from './port.ts';
import { isGroupAlive } from './proc-stat.ts';
import type { ProgramEnd, Workload } from './workload.ts';

/** A program that says nothing and has no port counts as ready when it has lived this long. */
const aliveMs = 1_000;
const probeMs = 50;
const setprivPlaces: readonly string[] = ['/usr/bin/setpriv', '/bin/setpriv'];

export interface HostedOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** It is ready when this port accepts a connection; null: it has none. */
  readonly port: number | null;
  /** It says on descriptor 3 that it is ready. */
  readonly notify: boolean;
  /** How long what it leaves behind in its process group has to end. */
  readonly graceMs: number;
}

function setpriv(): string {
  const found = setprivPlaces.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Failure('setpriv is not installed, and without it a hosted program could outlive its runner', {
    code: 'SETPRIV_MISSING',
    exit: 78,
    hint: 'Install it ("apt-get install util-linux"), or set "mode: exec".',
  });
}

// The kernel ends it with its parent only from the moment that setpriv asked for it: a parent that died before that
// is seen by the shell, which then goes no further.
const guarded = [
  '--pdeathsig',
  'KILL',
  '/bin/sh',
  '-c',
  '[ "$PPID" = "$0" ] && exec "$@"',
  String(process.pid),
];

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Ends what a program left behind in its group: asked first, by force at the moment that `deadline` gives. */
async function endGroup(group: number, deadline: () => number): Promise<void> {
  if (!isGroupAlive(group)) return;
  signalGroup(group, 'SIGTERM');
  while (isGroupAlive(group) && performance.now() < deadline()) await sleep(probeMs);
  signalGroup(group, 'SIGKILL');
}

async function portAnswers(port: number, over: () => boolean): Promise<void> {
  while (!(await accepts(port)) && !over()) await sleep(probeMs);
}

const never = (): Promise<never> => new Promise(() => undefined);

async function saysSo(descriptor: Readable): Promise<void> {
  for await (const chunk of descriptor as AsyncIterable<Buffer>) if (chunk.includes('\n')) return;
  // It closed the descriptor without a word: that is no readiness, and none will come.
  await never();
}

/**
 * Starts a program in a process group of its own, which is ended with it, and which the kernel kills should the runner
 * die. Throws `Failure` (78) without setpriv(1), else the system's error when it cannot be started.
 */
export async function startHosted(options: HostedOptions): Promise<Workload> {
  const child = spawnChild(setpriv(), [...guarded, ...options.argv], {
    cwd: options.cwd,
    env: { ...options.env },
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', ...(options.notify ? (['pipe'] as const) : [])],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await once(child, 'spawn');
  const group = child.pid;
  if (group === undefined) throw new Error('a program that was started has no PID');
  const descriptor = (child.stdio[3] ?? null) as Readable | null;
  let over = false;
  let deadline = Infinity;
  const within = (graceMs: number): void => {
    deadline = Math.min(deadline, performance.now() + graceMs);
  };

  async function watch(leader: number): Promise<ProgramEnd> {
    const [code, signal] = await exited;
    over = true;
    within(options.graceMs);
    await endGroup(leader, () => deadline);
    descriptor?.destroy();
    return { code, signal };
  }

  const signs: Promise<void>[] = [];
  if (options.port !== null) signs.push(portAnswers(options.port, () => over));
  if (descriptor !== null) signs.push(saysSo(descriptor));
  if (signs.length === 0) signs.push(sleep(aliveMs));
  const ended = watch(group);
  return {
    // What has ended does not serve, whatever it left behind to answer in its place.
    ready: Promise.race(signs).then(() => (over ? never() : undefined)),
    ended,
    async stop(signal, graceMs) {
      within(graceMs);
      child.kill(signal);
      const limit = setTimeout(() => signalGroup(group, 'SIGKILL'), graceMs);
      await ended;
      clearTimeout(limit);
    },
    signal: (signal) => void child.kill(signal),
  };
}
