import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../files/owner.ts';
import { GatewayNotRegisteredError, S6CommandError } from './errors.ts';
import { type Answer, giveOrders, type Order } from './order.ts';
import { register } from './register.ts';
import { retire } from './retire.ts';
import { isPublished, leftovers, type ServiceFiles } from './service-directory.ts';
import type { ServiceStatus } from './status.ts';
import { survey, type Surveyed } from './survey.ts';
import { type Death, unaskedDeaths } from './tai64.ts';
import { S6Tools } from './tools.ts';

export interface ManagerOptions {
  readonly scandir: string;
  /** Where the s6 programs are; null where s6 is not installed: then whatever needs them throws S6_MISSING. */
  readonly binDir: string | null;
}

/** Drives the services of one scandir through the s6 programs; it remembers nothing and asks s6 each time. */
export class S6ServiceManager {
  readonly scandir: string;
  readonly #tools: S6Tools;

  constructor({ scandir, binDir }: ManagerOptions) {
    this.scandir = scandir;
    this.#tools = new S6Tools(binDir);
  }

  /** The services that have a directory in the scandir, in byte order; none when the scandir is missing. */
  list(): string[] {
    if (!existsSync(this.scandir)) return [];
    const entries = readdirSync(this.scandir, { withFileTypes: true });
    const services = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    return services.map(({ name }) => name).sort();
  }

  /** Whether the service has a directory in the scandir. */
  exists(service: string): boolean {
    return isPublished(this.scandir, service);
  }

  /** The absolute path of the service directory, whether or not it exists. */
  directory(service: string): string {
    return join(this.scandir, service);
  }

  /** What s6 says of it now; null when it has no directory or no supervisor. */
  status(service: string): Promise<ServiceStatus | null> {
    return promised(() => this.#tools.status(this.directory(service), service));
  }

  /** Status and, unless they are not wanted, deaths of many services, asked in one process. */
  survey(services: readonly string[], { deaths = true } = {}): Promise<Map<string, Surveyed>> {
    return promised(() => survey(this.#tools, this.scandir, services, deaths));
  }

  /** The deaths in its tally that nobody asked for, oldest first. */
  deaths(service: string): Promise<Date[]> {
    return promised(() => unaskedDeaths(this.#tools.tally(this.#slot(service), service)));
  }

  /** How it has ended so far, on whoever's word, as far back as its tally goes, oldest first. */
  tally(service: string): Promise<Death[]> {
    return promised(() => this.#tools.tally(this.#slot(service), service));
  }

  /** Empties its death tally. */
  clearDeaths(service: string): Promise<void> {
    return promised(() => void this.#tools.ask('s6-svdt-clear', [this.#slot(service)], service));
  }

  /** Sends s6-svc flags and waits for nothing; throws like every command when there is no slot or no supervisor. */
  send(service: string, flags: readonly string[]): Promise<void> {
    return promised(() => void this.#tools.ask('s6-svc', [...flags, this.#slot(service)], service));
  }

  /** Gives orders to many services, begun when this returns; `signal` ends the waiting, never an order. */
  order(orders: readonly Order[], signal?: AbortSignal): Promise<Map<string, Answer>> {
    return giveOrders(this.#tools, this.scandir, orders, signal);
  }

  /**
   * Makes its service directory, or brings the one that is there up to date, and waits until it is supervised, where
   * an s6-svscan listens. Throws S6CommandError; then nothing of a new directory is left.
   */
  async register(service: string, files: ServiceFiles, owner: Owner | null): Promise<void> {
    await register(this.#tools, this.scandir, service, files, owner);
  }

  /** Stops it (killed after the grace), takes its directory away and proves its supervisors gone; throws S6CommandError. */
  async retire(service: string, { graceMs }: { graceMs: number }): Promise<void> {
    if (this.exists(service)) await retire(this.#tools, this.scandir, service, graceMs);
  }

  /** Removes what interrupted runs left in the scandir (of one service alone), supervisors included; returns the names. */
  async sweep({ graceMs, service }: { graceMs: number; service?: string }): Promise<string[]> {
    const all = existsSync(this.scandir) ? leftovers(this.scandir) : [];
    const names = service === undefined ? all : all.filter((name) => name.startsWith(`.${service}.`));
    for (const name of names) await retire(this.#tools, this.scandir, name, graceMs);
    return names;
  }

  /** Makes s6-svscan look at the scandir again, dropping what is gone when `prune`; false when none listens there. */
  rescan(prune: boolean): Promise<boolean> {
    return promised(() => this.#tools.scanctl([prune ? '-an' : '-a'], this.scandir));
  }

  /** Whether an s6-svscan listens on this scandir; one that only others may command counts. */
  listening(): Promise<boolean> {
    return promised(() => {
      try {
        return this.#tools.scanctl([], this.scandir);
      } catch (error) {
        if (error instanceof S6CommandError && error.code === 'S6_DENIED') return true;
        throw error;
      }
    });
  }

  #slot(service: string): string {
    if (!this.exists(service)) throw new GatewayNotRegisteredError(service.replace(/^gateway-/, ''));
    return this.directory(service);
  }
}

/** A value or a typed error of a synchronous question, as a promise: the interface stays the same when one must wait. */
function promised<T>(answer: () => T): Promise<T> {
  return new Promise((resolve) => resolve(answer()));
}
