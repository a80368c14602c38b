import { Failure, failureJson } from '../failure.ts';
import { withLock } from '../files/lock.ts';
import { profileHome } from '../profile/home.ts';
import { assertCreatable, type ProfileName, serviceName } from '../profile/name.ts';
import { lifecycleLockPath } from '../profile/paths.ts';
import { assertProfile, removeProfile, whileThere } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { appendJournal } from './journal.ts';
import { stop } from './lifecycle.ts';
import { gatewayHolder, holdElsewhere } from './orphan.ts';
import { siteManager, unregister } from './registry.ts';

export interface Deprovisioned {
  readonly name: ProfileName;
  readonly home: string;
  /** What the home, being a symbolic link, led to and what is still there; else null. */
  readonly kept: string | null;
  /** What could not be recorded: each a sentence. */
  readonly notes: readonly string[];
}

const graceMs = 10_000;
const lockTimeoutMs = 30_000;

/** Throws `Failure`: 2 for a reserved name, 4 for a profile that does not exist. */
export function assertDeletable(site: Site, name: ProfileName): void {
  assertCreatable(name);
  assertProfile(site.root, name);
}

/** Stops the gateway, and throws what kept it from stopping; a tree that nobody scans is left to `retire`. */
async function bringDown(site: Site, name: ProfileName): Promise<void> {
  if (site.detection.kind === 'none' || !(await siteManager(site).listening())) return;
  const { error } = await stop(site, name, { wait: true, reason: 'profile delete' });
  // On a full volume its wish cannot be written; it goes with the profile, and its gateway ends with its slot.
  if (error !== null && error.code !== 'DISK_FULL') throw error;
}

/** Throws `Failure` (1) while a supervisor or a process of the gateway is left. */
export async function proveGone(site: Site, name: ProfileName): Promise<void> {
  const service = serviceName(name);
  if (site.detection.kind === 's6' && (await siteManager(site).status(service)) !== null)
    throw new Failure(`${service} is still supervised`, {
      code: 'STILL_SUPERVISED',
      exit: 1,
      hint: 'Try again.',
    });
  const home = profileHome(site.root, name);
  const holder = gatewayHolder(home);
  if (holder !== null)
    throw new Failure(`the gateway of ${name} still runs (pid ${holder})`, {
      code: 'STILL_RUNNING',
      exit: 1,
      hint: `End it first: kill ${holder}`,
    });
  // The kernel does not show the processes of other containers.
  const elsewhere = holdElsewhere(site.binDir, home);
  if (elsewhere === null) return;
  const { host, evidence } = elsewhere;
  throw new Failure(`the gateway of ${name} still runs elsewhere: ${evidence}`, {
    code: 'STILL_RUNNING',
    exit: 1,
    hint: `End it first: ${host === null ? 'docker ps' : `docker stop ${host}`}`,
  });
}

async function remove(site: Site, name: ProfileName): Promise<{ kept: string | null }> {
  await bringDown(site, name);
  // Nobody brings it up again between here and the end of its files: a start waits for this lock, and then has no home.
  return withLock(lifecycleLockPath(profileHome(site.root, name)), { timeoutMs: lockTimeoutMs }, async () => {
    if (site.detection.kind === 's6') await unregister(site, name, { graceMs });
    await proveGone(site, name);
    const removed = removeProfile(site.root, name);
    // A boot pass that found the profile may have made its slot meanwhile.
    if (site.detection.kind === 's6') await unregister(site, name, { graceMs });
    return removed;
  });
}

/**
 * Stops a gateway, takes its slot away, proves the supervisor gone, and only then removes the profile's files.
 * Throws `Failure`; a stop or a retirement that fails leaves the files.
 */
export async function deprovision(site: Site, name: ProfileName): Promise<Deprovisioned> {
  assertDeletable(site, name);
  const begun = performance.now();
  const record = (outcome: string, error: string | null): string | null =>
    appendJournal(site, {
      profile: name,
      action: 'delete',
      reason: null,
      outcome,
      seconds: (performance.now() - begun) / 1000,
      pid: null,
      error,
    });
  try {
    const { kept } = await whileThere(site.root, name, () => remove(site, name));
    const unrecorded = record('done', null);
    return { name, home: profileHome(site.root, name), kept, notes: unrecorded === null ? [] : [unrecorded] };
  } catch (error) {
    record('failed', failureJson(error).message);
    throw error;
  }
}
