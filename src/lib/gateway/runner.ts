import { closeSync, fstatSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, messageOf } from '../failure.ts';
import { type GatewayConfig, readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import { afterSignal, byItself, type Ending, lastWords, startFailed } from './ending.ts';
import { gatewayEnvironment, slotVariables } from './environment.ts';
import { consumeMarker } from './planned-stop.ts';
import { startTime } from './proc-stat.ts';
import { builtIn, configRead } from './rereading.ts';
import { changeState, type StateChange } from './state.ts';
import type { ForwardedSignal, StopSignal, Workload } from './workload.ts';

const forwarded: readonly ForwardedSignal[] = ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

export interface RunnerOptions {
  readonly profile: ProfileName;
  /** The service directory that s6 started us in; null: nobody supervises us. */
  readonly slot: string | null;
  /** Where signals come from: `process`. */
  readonly signals: { on(signal: NodeJS.Signals, listener: () => void): unknown };
  /** Takes one line for the gateway's log. */
  readonly say: (line: string) => void;
}

/** The descriptor on which s6 learns that the gateway is ready (`notification-fd` in the slot). */
const readyFd = 3;

/** One gateway's life as the process that s6 supervises. */
class Runner {
  readonly #site: Site;
  readonly #options: RunnerOptions;
  readonly #home: string;
  /** Settles with the first signal that asks us to leave. */
  readonly #asked: Promise<StopSignal>;
  #workload: Workload | null = null;

  constructor(site: Site, options: RunnerOptions) {
    this.#site = site;
    this.#options = options;
    this.#home = profileHome(site.root, options.profile);
    const { promise, resolve } = Promise.withResolvers<StopSignal>();
    this.#asked = promise;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) options.signals.on(signal, () => resolve(signal));
    for (const signal of forwarded) options.signals.on(signal, () => this.#workload?.signal(signal));
  }

  async run(): Promise<Ending> {
    let ending: Ending;
    try {
      ending = await this.#serve();
    } catch (error) {
      ending = startFailed(error);
      await this.#workload?.stop('SIGTERM', 0);
    }
    await this.#record({
      gateway_state: ending.state,
      pid: null,
      start_time: null,
      exit_reason: ending.reason,
    });
    this.#options.say(lastWords(ending));
    return ending;
  }

  async #serve(): Promise<Ending> {
    const self = { pid: process.pid, start_time: startTime(process.pid) };
    const unread = { config_read_at: undefined, reload_error: undefined };
    await this.#record(
      { gateway_state: 'starting', ...self, exit_reason: null, ...unread },
      { durable: false },
    );
    const readAt = this.#site.now();
    const config = await readConfig(this.#home);
    const graceMs = graceOf(config);
    const early = await this.#waitOut();
    if (early !== null) return this.#leave(early);
    const workload = await this.#start(config, graceMs);
    this.#workload = workload;

    const asked = this.#asked.then((signal) => ({ kind: 'asked', signal }) as const);
    const ended = workload.ended.then((end) => ({ kind: 'ended', end }) as const);
    const ready = workload.ready.then(() => ({ kind: 'ready' }) as const);
    let event = await Promise.race([asked, ended, ready]);
    const served = event.kind === 'ready';
    if (event.kind === 'ready') {
      // That it tells when it read its configuration says that it will tell so again, which no program of others does.
      const told = config.command === null ? configRead(readAt, null) : {};
      await this.#record({ gateway_state: 'running', ...told });
      this.#sayReady();
      event = await Promise.race([asked, ended]);
    }
    if (event.kind === 'ended') return byItself(event.end, served);
    const ending = this.#leave(event.signal);
    // Whoever holds the state file up must not hold up the end: s6 kills after the same time.
    const recorded = this.#record({ gateway_state: 'draining' }, { durable: false });
    await workload.stop(event.signal, graceMs);
    await recorded;
    return ending;
  }

  /** Waits the crash guard's pause; the signal that ended it, or null. */
  async #waitOut(): Promise<StopSignal | null> {
    const { slot, say } = this.#options;
    if (slot === null) return null;
    const { crashPauseMs } = await import('./pause.ts');
    const pause = await crashPauseMs(this.#site, this.#home, slot).catch((error: unknown) => {
      say(`the death tally cannot be read: ${messageOf(error)}`);
      return 0;
    });
    if (pause === 0) return null;
    say(`keeps failing: waiting ${(pause / 1000).toFixed(1)} s before it starts`);
    const over = new AbortController();
    const asked = await Promise.race([this.#asked, sleep(pause, null, { signal: over.signal })]);
    over.abort();
    return asked;
  }

  async #start(config: GatewayConfig, graceMs: number): Promise<Workload> {
    const { profile, say } = this.#options;
    const { accepts, echoPort, portTaken } = await import('./port.ts');
    const env = { ...this.#site.env, ...Object.fromEntries(gatewayEnvironment(this.#home, profile)) };
    const taken = (port: number) => portTaken(this.#site.root, profile, port);
    if (config.command === null) {
      const port = echoPort(profile, config);
      const { startEcho } = await import('./echo-gateway.ts');
      const readPort = async () => echoPort(profile, builtIn(await readConfig(this.#home)));
      const reread = (at: Date, error: string | null) => this.#record(configRead(at, error));
      try {
        const workload = await startEcho({ port, readPort, say, reread });
        say(`serves on 127.0.0.1:${port} (pid ${process.pid})`);
        return workload;
      } catch (error) {
        throw errnoOf(error) === 'EADDRINUSE' ? await taken(port) : error;
      }
    }
    // Somebody else's answer on the port would pass for the program's readiness.
    if (config.port !== null && (await accepts(config.port))) throw await taken(config.port);
    const { startHosted } = await import('./hosted.ts');
    const { command: argv, port, notify } = config;
    const unset = Object.fromEntries(slotVariables.map((name) => [name, undefined]));
    return startHosted({ argv, env: { ...env, ...unset }, cwd: this.#home, port, notify, graceMs });
  }

  #leave(signal: StopSignal): Ending {
    const self = { pid: process.pid, startTime: startTime(process.pid), now: this.#site.now() };
    return afterSignal(signal, signal === 'SIGTERM' && consumeMarker(this.#home, self));
  }

  #sayReady(): void {
    if (this.#options.slot === null || !isPipe(readyFd)) return;
    try {
      writeSync(readyFd, '\n');
    } catch (error) {
      // The supervisor died meanwhile: nobody is left to be told, and that is no reason to leave.
      if (errnoOf(error) !== 'EPIPE') throw error;
    }
    closeSync(readyFd);
  }

  /** A state that cannot be written (full or read-only volume) is said, and stops no gateway. */
  async #record(change: StateChange, options: { readonly durable?: boolean } = {}): Promise<void> {
    try {
      const at = this.#site.now().toISOString();
      const aside = await changeState(this.#home, { ...change, updated_at: at }, options);
      if (aside !== null) this.#options.say(`gateway_state.json did not parse and was kept as ${aside}`);
    } catch (error) {
      this.#options.say(`the state is not recorded: ${messageOf(error)}`);
    }
  }
}

/** What we host is ended before s6 ends us, so that the last state still gets written. */
function graceOf({ stopTimeoutS }: GatewayConfig): number {
  const wholeMs = stopTimeoutS * 1000;
  return Math.max(wholeMs - 500, wholeMs / 2);
}

// Where the slot has no notification-fd, the descriptor is one of Node's own.
function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false;
  }
}

/** Runs a profile's gateway until it ends or is told to leave; never throws for what the gateway itself does. */
export function runGateway(site: Site, options: RunnerOptions): Promise<Ending> {
  return new Runner(site, options).run();
}
