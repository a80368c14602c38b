import { Failure, failureJson } from '../failure.ts';
import { withLock } from '../files/lock.ts';
import { defaultConfig, readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { lifecycleLockPath } from '../profile/paths.ts';
import { assertRenamable, endRename, isHalfRenamed, renameHome } from '../profile/rename.ts';
import { isProfile, whileThere } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { isInside } from './ancestry.ts';
import { proveGone } from './deprovision.ts';
import { appendJournal } from './journal.ts';
import { start } from './lifecycle.ts';
import { moveLogs } from './log-move.ts';
import { removeMarker, writeMarker } from './planned-stop.ts';
import { startTime } from './proc-stat.ts';
import { obstacle } from './provision.ts';
import { register, siteManager, unregister } from './registry.ts';
import { changeState, desiredState, readState, wishKeys } from './state.ts';
import type { Transition } from './transition.ts';

export interface Renamed {
  readonly from: ProfileName;
  readonly name: ProfileName;
  readonly home: string;
  /** Whether the gateway has a slot. */
  readonly registered: boolean;
  /** How it came up again; null: it was not wanted up, or nobody scans. */
  readonly start: Transition | null;
  /** Why it has no slot, or what could not be recorded: each a sentence. */
  readonly notes: readonly string[];
}

const lockTimeoutMs = 30_000;
const beyondGraceMs = 5_000;

/**
 * Gives a profile another name, with its home, state, wishes and logs; its gateway stops for it and comes up again
 * where it is wanted up. What an interruption left half done is finished by the same command. Throws `Failure`; then
 * the gateway is supervised under its old name again.
 */
export async function renameProfile(site: Site, from: ProfileName, to: ProfileName): Promise<Renamed> {
  assertRenamable(site.root, from, to);
  const begun = performance.now();
  const record = (error: string | null, started: Transition | null): string | null => {
    const facts = {
      action: 'rename',
      outcome: error === null ? 'done' : 'failed',
      seconds: (performance.now() - begun) / 1000,
      pid: started?.pid ?? null,
      error,
    };
    return appendJournal(
      site,
      { ...facts, profile: from, reason: `to ${to}` },
      ...(error === null ? [{ ...facts, profile: to, reason: `from ${from}` }] : []),
    );
  };
  try {
    const without = obstacle(site, 'renamed');
    const wanted = await whileThere(site.root, from, () => move(site, from, to, without === null));
    const started = wanted && without === null ? await bringBack(site, to) : null;
    const notes = [without, record(null, started)].filter((note) => note !== null);
    const home = profileHome(site.root, to);
    return { from, name: to, home, registered: without === null, start: started, notes };
  } catch (error) {
    record(failureJson(error).message, null);
    throw error;
  }
}

/**
 * Under the lock, so that nobody brings the gateway up between the end of its slot and that of its old name. Says
 * whether it is wanted up.
 */
async function move(site: Site, from: ProfileName, to: ProfileName, slots: boolean): Promise<boolean> {
  const { root } = site;
  const resumed = isHalfRenamed(root, from, to);
  const home = profileHome(root, resumed ? to : from);
  return withLock(lifecycleLockPath(home), { timeoutMs: lockTimeoutMs }, async () => {
    const reading = readState(home);
    const wanted = desiredState(reading) === 'running';
    // The gateway is about to say "stopped": a wish that only its own word stood for must not go with that.
    if (wanted && wishKeys(reading)['desired_state'] === undefined)
      await changeState(home, { desired_state: 'running' });
    try {
      if (site.detection.kind === 's6') await takeDown(site, from, home, resumed);
      if (!resumed) await proveGone(site, from);
      await renameHome(root, from, to);
    } catch (error) {
      // Whatever kept the name, its gateway is not to suffer for it.
      if (slots && isProfile(profileHome(root, from))) await register(site, from, { down: !wanted });
      throw error;
    }
    moveLogs(root, from, to);
    if (slots) await register(site, to, { down: !wanted });
    endRename(root, to);
    return wanted;
  });
}

/** A planned stop that leaves the wish as it is: the same gateway is to come up under its new name. */
async function takeDown(site: Site, from: ProfileName, home: string, resumed: boolean): Promise<void> {
  const manager = siteManager(site);
  const service = serviceName(from);
  const pid = (await manager.status(service))?.pid ?? null;
  if (pid !== null && isInside(pid))
    throw new Failure(`this runs inside the gateway of ${from}, which has to stop for a new name`, {
      code: 'INSIDE',
      exit: 1,
      hint: 'Type it outside.',
    });
  if (pid !== null)
    writeMarker(home, {
      targetPid: pid,
      targetStartTime: startTime(pid),
      stopperPid: process.pid,
      now: site.now(),
    });
  const { stopTimeoutS } = await readConfig(home).catch(() => defaultConfig);
  const graceMs = stopTimeoutS * 1000 + beyondGraceMs;
  await unregister(site, from, { graceMs });
  // A rename that was killed may have left what it staged for the new name, too.
  await manager.sweep(resumed ? { graceMs } : { graceMs, service });
  removeMarker(home);
}

/** Waits until the gateway is up again; who wanted it, when and why stays as it was. */
async function bringBack(site: Site, name: ProfileName): Promise<Transition | null> {
  const home = profileHome(site.root, name);
  if (!(await siteManager(site).listening())) return null;
  const before = readState(home);
  const started = await start(site, name, { wait: true, reason: 'profile rename' });
  await changeState(home, wishKeys(before));
  return started;
}
