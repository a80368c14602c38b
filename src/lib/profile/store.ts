import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf, Failure } from '../failure.ts';
import { syncDirectory } from '../files/atomic-write.ts';
import { tryLock, withLock } from '../files/lock.ts';
import { ownerOfNewFile, type Owner } from '../files/owner.ts';
import type { Site } from '../site.ts';
import { newConfig } from './config.ts';
import { serialiseDotenv } from './dotenv.ts';
import { profileHome, type RootHome } from './home.ts';
import { assertCreatable, defaultProfile, parseProfileName, type ProfileName } from './name.ts';
import { configPath, dotenvPath, logDir, profilesDir, profilesLockPath, soulPath } from './paths.ts';
import { choosePort } from './port.ts';

export interface NewProfile {
  readonly name: ProfileName;
  readonly env: ReadonlyMap<string, string>;
  /** The port to take; the next free one when it is left out. */
  readonly port?: number | undefined;
}

const lockTimeoutMs = 20_000;
/** What begins with it below `profiles/` is being made or removed, or was left behind by a command that was killed. */
const stagingPrefix = '.staging-';

function stagingPath(root: RootHome, name: ProfileName): string {
  return join(profilesDir(root), `${stagingPrefix}${name}.${randomBytes(6).toString('hex')}`);
}

function isProfile(home: string): boolean {
  return existsSync(soulPath(home));
}

/** Whether there is such a profile; `default` is one when the root home exists. */
export function profileExists(root: RootHome, name: ProfileName): boolean {
  return name === defaultProfile ? existsSync(root) : isProfile(profileHome(root, name));
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

function storeFailure(what: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || error instanceof Failure) return error;
  const denied = errno === 'EACCES' || errno === 'EPERM';
  return new Failure(`${what}: ${denied ? 'permission denied' : errno}`, {
    code: 'PROFILE_STORE',
    exit: denied ? 77 : 1,
    cause: error,
  });
}

/** Makes the directory and its parents; root leaves the new ones to `owner`. */
function makeDirectory(path: string, owner: Owner | null): void {
  if (existsSync(path)) return;
  makeDirectory(join(path, '..'), owner);
  mkdirSync(path, { mode: 0o700 });
  if (owner !== null) chownSync(path, owner.uid, owner.gid);
}

/** To whom a new profile belongs when root makes it: the runtime user, else whoever has the root home. */
function ownerOfProfiles(site: Site): Owner | null {
  if (process.geteuid?.() !== 0) return null;
  return site.runtimeUser ?? (existsSync(site.root) ? ownerOfNewFile(site.root) : null);
}

function seed(staging: string, profile: NewProfile, port: number, owner: Owner | null): void {
  makeDirectory(staging, owner);
  const files: readonly [string, string, number][] = [
    [soulPath(staging), `# ${profile.name}\n`, 0o644],
    [configPath(staging), newConfig(port), 0o644],
    [dotenvPath(staging), serialiseDotenv(profile.env), 0o600],
  ];
  for (const [path, content, mode] of files) {
    writeFileSync(path, content, { mode, flag: 'wx', flush: true });
    if (owner !== null) chownSync(path, owner.uid, owner.gid);
  }
  syncDirectory(staging);
}

function assertAbsent(root: RootHome, name: ProfileName): void {
  const home = profileHome(root, name);
  if (lstatSync(home, { throwIfNoEntry: false }) === undefined) return;
  if (isProfile(home))
    throw new Failure(`profile ${name} exists already`, {
      code: 'PROFILE_EXISTS',
      exit: 1,
      hint: `choose another name, or remove it with "hermes profile delete ${name}"`,
    });
  throw new Failure(`${home} exists already and is no profile: it has no SOUL.md`, {
    code: 'PROFILE_EXISTS',
    exit: 1,
    hint: 'move it away, or choose another name',
  });
}

/**
 * Makes a profile as a whole or not at all: in a staging sibling that is renamed, under a lock that keeps ports apart.
 * Throws `Failure` with nothing left behind.
 */
export async function createProfile(
  site: Site,
  profile: NewProfile,
): Promise<{ home: string; port: number }> {
  const { root } = site;
  const { name } = profile;
  assertCreatable(name);
  const owner = ownerOfProfiles(site);
  const home = profileHome(root, name);
  const staging = stagingPath(root, name);
  try {
    makeDirectory(profilesDir(root), owner);
    return await withLock(profilesLockPath(root), { timeoutMs: lockTimeoutMs }, async () => {
      assertAbsent(root, name);
      const port = await choosePort(root, listProfiles(root), profile.port);
      seed(staging, profile, port, owner);
      makeDirectory(logDir(root, name), owner);
      renameSync(staging, home);
      syncDirectory(profilesDir(root));
      return { home, port };
    });
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw storeFailure(`cannot make the profile ${name} in ${home}`, error);
  }
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
  const leftovers = readdirSync(directory).filter((entry) => entry.startsWith(stagingPrefix));
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
