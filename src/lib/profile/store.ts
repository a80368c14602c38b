import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, Failure, isDenied, writeFact } from '../failure.ts';
import { syncDirectory } from '../files/atomic-write.ts';
import { tryLock } from '../files/lock.ts';
import { uniqueDigits } from '../files/unique.ts';
import { profileHome, type RootHome } from './home.ts';
import { assertCreatable, defaultProfile, nearest, parseProfileName, type ProfileName } from './name.ts';
import { logDir, profilesDir, profilesLockPath, soulPath } from './paths.ts';

/** What begins with it below `profiles/` is being made or removed, or was left behind by a command that was killed. */
const stagingPrefix = '.staging-';

/** Whether an entry below `profiles/` is such a one. */
export function isStaging(entry: string): boolean {
  return entry.startsWith(stagingPrefix);
}

/** A fresh name beside the profiles that counts as none of them. */
export function stagingPath(root: RootHome, name: ProfileName): string {
  return join(profilesDir(root), `${stagingPrefix}${name}.${uniqueDigits()}`);
}

/** A directory with SOUL.md in it is a profile's home. One that we may not look into is: whatever needs its files says so. */
export function isProfile(home: string): boolean {
  try {
    return statSync(soulPath(home), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return isDenied(error);
  }
}

/** Whether there is such a profile; `default` is one when the root home exists. */
export function profileExists(root: RootHome, name: ProfileName): boolean {
  return name === defaultProfile ? existsSync(root) : isProfile(profileHome(root, name));
}

/** The failure (4) of a default profile that does not exist: nobody has made the root home. */
export function noHome(root: RootHome): Failure {
  return new Failure(`there is no home ${root}`, {
    code: 'NO_SUCH_PROFILE',
    exit: 4,
    hint: `Name the right one with HERMES_HOME, or make it: mkdir -p ${root}`,
  });
}

/** Throws `Failure` (4), with the nearest name that there is, for a profile that does not exist. */
export function assertProfile(root: RootHome, name: ProfileName): void {
  if (profileExists(root, name)) return;
  if (name === defaultProfile) throw noHome(root);
  const near = nearest(name, listProfiles(root));
  throw new Failure(`there is no profile ${name}`, {
    code: 'NO_SUCH_PROFILE',
    exit: 4,
    hint: near === null ? 'See "hermes profile list".' : `Did you mean "${near}"?`,
  });
}

/** Does what takes a profile's locks; where they went away with it, somebody else was faster: 4, like `assertProfile`. */
export async function whileThere<T>(root: RootHome, name: ProfileName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const mayBeGone =
      error instanceof Failure && ['LOCK_FAILED', 'GATEWAY_NOT_REGISTERED'].includes(error.code);
    if (mayBeGone) assertProfile(root, name);
    throw error;
  }
}

function nameOf(entry: string): ProfileName | null {
  try {
    const name = parseProfileName(entry);
    return name === entry && name !== defaultProfile ? name : null;
  } catch {
    return null;
  }
}

/** All profiles: `default` first when the root home exists, then the others in byte order. Throws `Failure` (77) when denied. */
export function listProfiles(root: RootHome): ProfileName[] {
  let entries: string[];
  try {
    entries = readdirSync(profilesDir(root));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw storeFailure(`cannot read ${profilesDir(root)}`, error);
    entries = [];
  }
  const names = entries
    .sort()
    .map(nameOf)
    .filter((name) => name !== null)
    .filter((name) => isProfile(profileHome(root, name)));
  return existsSync(root) ? [defaultProfile, ...names] : names;
}

/** A failed system call in words, with 77 where it was a matter of rights; anything else as it is. */
export function storeFailure(what: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || error instanceof Failure) return error;
  return new Failure(`${what}: ${writeFact(errno)}`, {
    code: 'PROFILE_STORE',
    exit: isDenied(error) ? 77 : 1,
    cause: error,
  });
}

/**
 * Removes a profile's files and logs: renamed aside first, so that it is no profile any more at once.
 * Of a home that is a symbolic link the link alone goes; the result names what it led to. Throws `Failure` (1, 77).
 */
export function removeProfile(root: RootHome, name: ProfileName): { kept: string | null } {
  assertCreatable(name);
  const home = profileHome(root, name);
  const aside = stagingPath(root, name);
  try {
    const kept = lstatSync(home).isSymbolicLink() ? readlinkSync(home) : null;
    renameSync(home, aside);
    syncDirectory(profilesDir(root));
    rmSync(aside, { recursive: true, force: true });
    rmSync(logDir(root, name), { recursive: true, force: true });
    return { kept };
  } catch (error) {
    const rest = existsSync(aside)
      ? `cannot remove ${aside}, what is left of profile ${name}`
      : `cannot remove ${home}`;
    throw storeFailure(rest, error);
  }
}

/** Removes what killed creates and deletes left behind, unless one is at work now; the paths that are gone. */
export function sweepStaging(root: RootHome): string[] {
  const directory = profilesDir(root);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const leftovers = readdirSync(directory).filter(isStaging);
  const lock = leftovers.length > 0 ? tryLock(profilesLockPath(root)) : null;
  if (lock === null) return [];
  try {
    return leftovers.map((entry) => {
      rmSync(join(directory, entry), { recursive: true, force: true });
      return join(directory, entry);
    });
  } finally {
    lock.release();
  }
}
