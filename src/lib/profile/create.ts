import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { syncDirectory } from '../files/atomic-write.ts';
import { withLock } from '../files/lock.ts';
import { give, ownerOfNewFile, type Owner } from '../files/owner.ts';
import type { Site } from '../site.ts';
import { serialiseDotenv } from './dotenv.ts';
import { profileHome, type RootHome } from './home.ts';
import { assertCreatable, type ProfileName } from './name.ts';
import { configPath, dotenvPath, logDir, profilesDir, profilesLockPath } from './paths.ts';
import { choosePort } from './port.ts';
import { isProfile, listProfiles, stagingPath, storeFailure } from './store.ts';
import { plainTemplate, type Template } from './template.ts';

export interface NewProfile {
  readonly name: ProfileName;
  readonly env: ReadonlyMap<string, string>;
  /** The port to take; the next free one when it is left out. */
  readonly port?: number | undefined;
  /** What it begins with; left out: nobody's copy. */
  readonly template?: Template | undefined;
}

const lockTimeoutMs = 20_000;

/** Makes the directory and its parents; root leaves the new ones to `owner`. */
function makeDirectory(path: string, owner: Owner | null): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeDirectory(dirname(path), owner);
  mkdirSync(path, { mode: 0o700 });
  give(path, owner);
}

/** To whom a new profile belongs when root makes it: the runtime user, else whoever has the root home. */
function ownerOfProfiles(site: Pick<Site, 'root' | 'runtimeUser'>): Owner | null {
  if (process.geteuid?.() !== 0) return null;
  return site.runtimeUser ?? (existsSync(site.root) ? ownerOfNewFile(site.root) : null);
}

function seed(staging: string, profile: NewProfile, port: number | null, owner: Owner | null): void {
  makeDirectory(staging, owner);
  const { name, env, template = plainTemplate } = profile;
  const texts = new Map([['SOUL.md', `# ${name}\n`], ...template.texts]);
  const empty = template.leftOut.env.filter((key) => !env.has(key)).map((key) => `# ${key}=\n`);
  const variables = serialiseDotenv(new Map([...template.env, ...env]));
  const files: readonly [string, string, number][] = [
    ...[...texts].map(([file, text]): [string, string, number] => [join(staging, file), text, 0o644]),
    [configPath(staging), template.config(port), 0o644],
    [dotenvPath(staging), [variables, ...empty].join(''), 0o600],
  ];
  for (const [path, content, mode] of files) {
    writeFileSync(path, content, { mode, flag: 'wx', flush: true });
    give(path, owner);
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
      hint: `Choose another name, or remove it with "hermes profile delete ${name}".`,
    });
  throw new Failure(`${home} exists already and is no profile: it has no SOUL.md`, {
    code: 'PROFILE_EXISTS',
    exit: 1,
    hint: 'Move it away, or choose another name.',
  });
}

/**
 * Makes a profile as a whole or not at all: in a staging sibling that is renamed, under a lock that keeps ports apart.
 * Throws `Failure` with nothing left behind.
 */
export async function createProfile(
  site: Pick<Site, 'root' | 'runtimeUser'>,
  profile: NewProfile,
): Promise<{ home: string; port: number | null }> {
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
      const port =
        profile.template?.portless === true && profile.port === undefined
          ? null
          : await choosePort(root, listProfiles(root), profile.port);
      seed(staging, profile, port, owner);
      makeDirectory(logDir(root, name), owner);
      renameSync(staging, home);
      syncDirectory(profilesDir(root));
      return { home, port };
    });
  } catch (error) {
    // It stays where it could not even be begun; then that is what is told.
    if (existsSync(staging)) rmSync(staging, { recursive: true, force: true });
    throw storeFailure(`cannot make the profile ${name} in ${home}`, error);
  }
}
