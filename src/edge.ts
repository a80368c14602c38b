import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { originOfThisProcess } from './lib/boot/origin.ts';
import { Failure } from './lib/failure.ts';
import { rootHome, selectedProfile } from './lib/profile/home.ts';
import { detect, findBinDir } from './lib/s6/detect.ts';
import type { Actor, RuntimeUser, Site } from './lib/site.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user database's line for a name or a UID; null when it has none. */
export function passwdEntry(passwd: string, wanted: string | number): RuntimeUser | null {
  for (const line of passwd.split('\n')) {
    const [name = '', , uid, gid, , home = '/'] = line.split(':');
    if (wanted === (typeof wanted === 'string' ? name : Number(uid)))
      return { uid: Number(uid), gid: Number(gid), name, home };
  }
  return null;
}

/** Who the gateways run as: HERMES_USER, else `hermes` where there is one. Throws a Failure (78) for an unknown HERMES_USER. */
function runtimeUser(env: Environment, passwd: string): RuntimeUser | null {
  const named = env['HERMES_USER'] ?? '';
  const entry = passwdEntry(passwd, named === '' ? 'hermes' : named);
  if (entry === null && named !== '')
    throw new Failure(`HERMES_USER names ${JSON.stringify(named)}, and /etc/passwd has no such user`, {
      code: 'UNKNOWN_USER',
      exit: 78,
      hint: 'Set it to a user that exists, or unset it.',
    });
  return entry;
}

function actor(env: Environment, passwd: string): Actor {
  const uid = process.geteuid?.() ?? 0;
  const user = passwdEntry(passwd, uid)?.name ?? `uid ${uid}`;
  const isSupervised = (env['HERMES_S6_SUPERVISED_CHILD'] ?? '') !== '';
  return { user, uid, via: isSupervised ? 'supervised' : originOfThisProcess() };
}

/** Reads the environment, the user database and PID 1's name, once. Throws a Failure (2, 78) for values that cannot be. */
export function siteFromEnvironment(env: Environment, profileFlag?: string, scandirFlag?: string): Site {
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const pid1Comm = readFileSync('/proc/1/comm', 'utf8').trim();
  const root = rootHome(env, pid1Comm);
  const explicitScandir = scandirFlag ?? (env['S6_PROFILE_GATEWAY_SCANDIR'] || null);
  const program = process.argv[1] ?? '';
  let who: Actor | undefined;
  return {
    root,
    profile: selectedProfile(env, profileFlag ?? null, root),
    scandir: resolve(explicitScandir ?? '/run/service'),
    binDir: findBinDir(env),
    detection: detect({ explicitScandir }),
    runtimeUser: runtimeUser(env, passwd),
    // Only what is written to the journal needs to look at the ancestors of this process.
    get actor() {
      return (who ??= actor(env, passwd));
    },
    programDirs: [dirname(process.execPath), dirname(program)],
    env,
    now: () => new Date(),
  };
}
