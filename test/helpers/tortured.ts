import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from './agent.ts';
import { runJson } from './cli.ts';
import type { TempHome } from './home.ts';
import { kill, processesOf } from './leftovers.ts';
import { supervisorsOf } from './supervisors.ts';
import { until } from './until.ts';

const lookMs = 200;

export type Victim = 'gateway' | 'hosted program' | 's6-supervise';
export type Verb = 'start' | 'stop' | 'restart';

export interface Said {
  readonly code: number | null;
  readonly pid: number | null;
  readonly text: string;
}

/** A gateway under torture: what can be killed of it, and the questions that a test asks about it. */
export class Tortured {
  readonly profile: string;
  readonly victims: readonly [Victim, ...Victim[]];
  readonly #home: TempHome;
  readonly #scandir: string;
  readonly #agent: Agent | null;

  /** `agent`: the hosted program; null: the built-in gateway. */
  constructor(
    home: TempHome,
    scandir: string,
    profile: string,
    agent: Agent | null,
    victims: readonly [Victim, ...Victim[]],
  ) {
    this.#home = home;
    this.#scandir = scandir;
    this.profile = profile;
    this.#agent = agent;
    this.victims = victims;
  }

  /** Types `gateway VERB`. */
  async say(verb: Verb): Promise<Said> {
    const words = ['gateway', verb, this.profile];
    const { code, stdout, stderr, json } = await runJson(words, {
      home: this.#home.path,
      scandir: this.#scandir,
    });
    const [result] = (json as { results: readonly [{ pid: number | null }] }).results;
    return { code, pid: result.pid, text: stdout + stderr };
  }

  /** The PID that s6 supervises now; null while there is none. */
  supervised(): number | null {
    const asked = spawnSync('s6-svstat', ['-o', 'pid', join(this.#scandir, this.#service)], {
      encoding: 'utf8',
    });
    const pid = Number.parseInt(asked.stdout, 10);
    return pid > 1 ? pid : null;
  }

  /** PIDs that serve this home: the hosted program's, or the built-in gateway's. */
  serving(): number[] {
    if (this.#agent !== null) return this.#agent.alive();
    return processesOf(this.#home.path).filter((pid) => isGatewayRun(pid, this.profile));
  }

  /** Looks until `over`; the PIDs that ever lived at the same time, as was seen or as the agent noted itself. */
  async watchForTwo(over: AbortSignal): Promise<number[]> {
    const found = new Set<number>();
    while (!over.aborted) {
      await delay(lookMs);
      const first = this.serving();
      if (first.length < 2) continue;
      // One that is just dying is not there any more at the second look.
      await delay(lookMs);
      const still = this.serving().filter((pid) => first.includes(pid));
      if (still.length > 1) still.forEach((pid) => found.add(pid));
    }
    return [...found, ...(this.#agent?.doubles() ?? [])];
  }

  /** What the gateway itself said last. */
  lastWords(): string {
    const log = this.#home.file(`logs/gateways/${this.profile}/current`);
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-40).join('\n') : '';
  }

  kill(victim: Victim): void {
    for (const pid of this.#pidsOf(victim)) kill(pid);
  }

  /** Resolves when exactly one s6-supervise serves the slot: s6-svscan replaces a killed one within a second. */
  async oneSupervisor(): Promise<void> {
    const one = () => supervisorsOf(this.#scandir, this.#service).length === 1;
    await until(one, `one supervisor of ${this.#service}`);
    await until(
      () => spawnSync('s6-svstat', [join(this.#scandir, this.#service)]).status === 0,
      'it answers',
    );
  }

  get #service(): string {
    return `gateway-${this.profile}`;
  }

  #pidsOf(victim: Victim): number[] {
    switch (victim) {
      case 'gateway': {
        const pid = this.supervised();
        return pid === null ? [] : [pid];
      }
      case 'hosted program':
        return this.#agent?.alive() ?? [];
      case 's6-supervise':
        return supervisorsOf(this.#scandir, this.#service);
    }
  }
}

/** Whether this is the process of the built-in gateway itself, alive and not about to die of a SIGKILL. */
function isGatewayRun(pid: number, profile: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const isNode = words[0]?.endsWith('node') === true;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const pending = BigInt(`0x${/^ShdPnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    const dying = (pending & (1n << 8n)) !== 0n || /^State:\s*[ZX]/m.test(status);
    return isNode && words.join(' ').includes(`-p ${profile} gateway run`) && !dying;
  } catch {
    return false;
  }
}
