import { statSync } from 'node:fs';
import { type ExitCode, Failure, messageOf } from '../failure.ts';
import { byRoot, type Owner } from '../files/owner.ts';
import type { LockTable } from '../gateway/orphan.ts';
import { desiredState, readState } from '../gateway/state.ts';
import { type SlotSite, slotFiles } from '../gateway/slot.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { bootLogPath, statePath } from '../profile/paths.ts';
import { profileExists, sweepStaging } from '../profile/store.ts';
import type { S6ServiceManager } from '../s6/manager.ts';
import { stageMany, type StagedServices } from '../s6/publish.ts';
import { type ServiceFiles, updateInPlace } from '../s6/service-directory.ts';
import type { Site } from '../site.ts';
import { asleep } from './asleep.ts';
import { BootLog } from './boot-log.ts';
import type { Plan, PlannedSlot, ProfileFinding, SeedOrigin, Step } from './plan.ts';
import { makeScandir } from './scandir.ts';
import { seedState } from './seed.ts';
import { isPlain, writeStamp } from './slot-stamp.ts';
import { sweep } from './sweep.ts';

const graceMs = 8_000;
/** Slots that are rendered and staged before the first of them is published; more only wait in memory. */
const stagedAtOnce = 4_000;
/** How far the clock of a file system may be behind ours. */
const clockSlackMs = 100;

/** Carries a plan out, profile by profile: what goes wrong with one is its own failed step. */
export class Pass {
  readonly warnings: string[] = [];
  /** What went wrong with a step or beside them, as exit codes. */
  readonly exits: ExitCode[] = [];
  /** Whose slot is new, or whose gateway was told to start. */
  readonly changed: ProfileName[] = [];
  readonly #site: Site;
  readonly #slotSite: SlotSite;
  readonly #manager: S6ServiceManager;
  readonly #owner: Owner | null;
  readonly #log: BootLog;
  /** When the volume was begun to be read, in milliseconds since the epoch. */
  readonly #readSinceMs: number;
  #logs = true;

  constructor(site: Site, slotSite: SlotSite, manager: S6ServiceManager, readSinceMs: number) {
    this.#site = site;
    this.#slotSite = slotSite;
    this.#manager = manager;
    this.#owner = byRoot(site.runtimeUser);
    this.#log = new BootLog(bootLogPath(site.root), () => site.now(), this.#owner);
    this.#readSinceMs = readSinceMs;
  }

  /** The steps as they went; `locks` tells which gateways run. Throws what keeps the scandir from being made. */
  async run({ steps, orphans }: Plan, locks: Promise<LockTable>): Promise<Step[]> {
    makeScandir(this.#site.scandir);
    await this.#attempt('leftovers stay', async () => {
      sweepStaging(this.#site.root);
      await this.#manager.sweep({ graceMs });
    });
    let sleepers: ReadonlySet<string> = new Set();
    await this.#attempt('what is down stays so', async () => {
      sleepers = await asleep(this.#manager, steps, locks);
    });
    const done: Step[] = [];
    try {
      for (let from = 0; from < steps.length; from += stagedAtOnce)
        done.push(...(await this.#carryOutAll(steps.slice(from, from + stagedAtOnce), sleepers)));
    } finally {
      this.#log.close();
    }
    for (const name of orphans)
      await this.#attempt(`the slot of ${name} stays`, () =>
        this.#manager.retire(serviceName(name), { graceMs }),
      );
    await this.#attempt('s6-svscan was not told', async () => {
      await this.#manager.rescan(false);
    });
    await this.#attempt('the next pass looks at every slot', () => this.#stamp(done));
    return done;
  }

  async #carryOutAll(steps: readonly Step[], sleepers: ReadonlySet<string>): Promise<Step[]> {
    const staged = this.#stage(
      steps.flatMap(({ slot }) => (slot === null || slot.finding.hasSlot ? [] : [slot])),
    );
    const done: Step[] = [];
    try {
      for (const step of steps) {
        const result = await this.#carryOut(step, staged, sleepers);
        done.push(result);
        this.#record(result);
      }
    } finally {
      staged?.discard();
    }
    return done;
  }

  async #attempt(consequence: string, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.warnings.push(`${consequence}: ${this.#failure(error)}`);
    }
  }

  /** What went wrong, in words; its exit code is kept. */
  #failure(error: unknown): string {
    this.exits.push(error instanceof Failure ? error.exit : 1);
    return messageOf(error);
  }

  #stage(slots: readonly PlannedSlot[]): StagedServices | null {
    const services = slots.flatMap(({ finding, down }) => {
      const files = this.#files(finding, down);
      return files === null ? [] : [{ service: serviceName(finding.name), files }];
    });
    return services.length === 0 ? null : stageMany(this.#site.scandir, services, this.#owner);
  }

  /** Null for a slot that is as it should be. */
  #files({ name, config }: ProfileFinding, down: boolean): ServiceFiles | null {
    return config === null ? null : slotFiles(name, config, this.#slotSite, { down });
  }

  async #carryOut(step: Step, staged: StagedServices | null, sleepers: ReadonlySet<string>): Promise<Step> {
    if (step.slot === null) return step;
    const { finding, down, seed } = step.slot;
    const service = serviceName(finding.name);
    try {
      this.warnings.push(...sweep(finding.stale));
      if (seed !== null) this.#seed(finding, seed);
      if (!finding.hasSlot) staged?.enter(service);
      else this.#update(service, this.#files(finding, down));
      if (sleepers.has(service)) await this.#manager.send(service, ['-U']);
      if (!finding.hasSlot || sleepers.has(service)) this.changed.push(finding.name);
      return step.reason === 'no-supervise' ? step : await this.#withLatestWish(step, finding);
    } catch (error) {
      return { ...step, action: 'failed', reason: this.#failure(error) };
    }
  }

  #update(service: string, files: ServiceFiles | null): void {
    if (files !== null) updateInPlace(this.#site.scandir, service, files);
  }

  #seed({ home, name }: ProfileFinding, seed: SeedOrigin): void {
    try {
      seedState(home, seed, this.#site.now(), this.#owner);
    } catch (error) {
      this.warnings.push(`${name}: that it is wanted up could not be written down: ${messageOf(error)}`);
    }
  }

  /** A stop or start that was typed while its slot was being made has found none: what it wrote is heeded here. */
  async #withLatestWish(step: Step, finding: ProfileFinding): Promise<Step> {
    if (finding.config === null) return step;
    const state = statSync(statePath(finding.home), { throwIfNoEntry: false });
    if (state === undefined && !profileExists(this.#site.root, finding.name))
      return this.#forget(step, finding);
    if ((state?.ctimeMs ?? 0) < this.#readSinceMs - clockSlackMs) return step;
    const up = desiredState(readState(finding.home)) === 'running';
    if (up === (step.action === 'started')) return step;
    this.#update(serviceName(finding.name), this.#files(finding, !up));
    return { ...step, action: up ? 'started' : 'registered' };
  }

  /** It was deleted while its slot was being made, and the delete found none. */
  async #forget(step: Step, { name }: ProfileFinding): Promise<Step> {
    await this.#manager.retire(serviceName(name), { graceMs });
    return { ...step, action: 'skipped', reason: 'deleted' };
  }

  #record(step: Step): void {
    if (!this.#logs) return;
    try {
      this.#log.append(step);
    } catch (error) {
      this.#logs = false;
      this.warnings.push(`the boot log cannot be written: ${messageOf(error)}`);
    }
  }

  #stamp(done: readonly Step[]): void {
    const names = (which: (step: Step) => boolean) => done.filter(which).map(({ profile }) => profile);
    writeStamp(this.#site.scandir, this.#slotSite, {
      down: names(({ action, slot }) => slot !== null && action !== 'started'),
      again: names(({ action, slot }) => action === 'failed' || (slot !== null && !isPlain(slot.finding))),
    });
  }
}
