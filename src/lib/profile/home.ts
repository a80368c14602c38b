import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { defaultProfile, parseProfileName, type ProfileName } from './name.ts';

declare const brand: unique symbol;

/** Absolute path of the root home: the home of the default profile, with the others below `profiles/`. */
export type RootHome = string & { readonly [brand]: 'RootHome' };

type Environment = Readonly<Record<string, string | undefined>>;

function userHome(env: Environment): string {
  // What container engines give a UID without a passwd entry is no home of anybody's.
  if (env.HOME !== undefined && env.HOME !== '' && env.HOME !== '/') return env.HOME;
  throw new Failure('HERMES_HOME is not set, and this user has no home directory', {
    code: 'NO_HOME',
    exit: 78,
    hint: 'Say where it is: export HERMES_HOME=/path/of/the/home',
  });
}

function givenHome(env: Environment): string | null {
  return env.HERMES_HOME === undefined || env.HERMES_HOME === '' ? null : resolve(env.HERMES_HOME);
}

/** A home directly below `profiles` is a named profile's, unless it holds `profiles` itself. */
function isNamedHome(home: string): boolean {
  if (basename(dirname(home)) !== 'profiles') return false;
  return statSync(join(home, 'profiles'), { throwIfNoEntry: false })?.isDirectory() !== true;
}

/** The root home that the environment means; `pid1Comm` is the content of /proc/1/comm. Throws `Failure` (78). */
export function rootHome(env: Environment, pid1Comm: string): RootHome {
  const home = givenHome(env);
  if (home === null)
    return (pid1Comm.trim() === 's6-svscan' ? '/opt/data' : resolve(userHome(env), '.hermes')) as RootHome;
  return (isNamedHome(home) ? dirname(dirname(home)) : home) as RootHome;
}

/** Where a profile's files are. */
export function profileHome(root: RootHome, name: ProfileName): string {
  return name === defaultProfile ? root : join(root, 'profiles', name);
}

/** The profile that is meant: `-p`, else HERMES_PROFILE, else the one whose home HERMES_HOME is, else `default`. */
export function selectedProfile(env: Environment, flag: string | null, root: RootHome): ProfileName {
  if (flag !== null) return parseProfileName(flag);
  if (env.HERMES_PROFILE !== undefined && env.HERMES_PROFILE !== '')
    return parseProfileName(env.HERMES_PROFILE);
  const home = givenHome(env);
  return home === null || home === root ? defaultProfile : parseProfileName(basename(home));
}
