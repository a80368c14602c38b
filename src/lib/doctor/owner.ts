import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  configPath,
  dotenvPath,
  gatewayLockPath,
  journalPath,
  lifecycleLockPath,
  logDir,
  profilesDir,
  stateLockPath,
  statePath,
} from '../profile/paths.ts';
import { fully, may, rightsOf, type User } from './access.ts';
import { type Examined, type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';

const shown = 3;

/** Whether whom gateways run as can use what is theirs on the volume. */
export function checkOwner({ site: { root }, user, profiles }: Patient): Examined {
  const common = [root, profilesDir(root), dirname(journalPath(root)), journalPath(root)];
  const findings = [
    ...denied(user, 'the home', common, `chown -R ${user.uid}:${user.gid} ${root}`, null),
    ...profiles.flatMap(({ name, home }) => {
      const files = [configPath, dotenvPath, statePath, stateLockPath, lifecycleLockPath, gatewayLockPath];
      const paths = [
        ...(home === root ? [] : [home]),
        ...files.map((path) => path(home)),
        logDir(root, name),
      ];
      const fix = `chown -R ${user.uid}:${user.gid} ${home}${home === root ? '' : ` ${logDir(root, name)}`}`;
      return denied(user, name, paths, fix, name);
    }),
  ];
  return { evidence: `gateways run as ${user.name} (${user.uid}:${user.gid}), ${rightsIn(root)}`, findings };
}

function rightsIn(root: string): string {
  return exists(root) ? rightsOf(root) : `${root} does not exist`;
}

function denied(
  user: User,
  whose: string,
  paths: readonly string[],
  fix: string,
  profile: Finding['profile'],
): Finding[] {
  const shut = paths.filter((path) => {
    if (!exists(path)) return false;
    const isDirectory = lstatSync(path).isDirectory();
    return !lstatSync(path).isSymbolicLink() && !may(user, path, isDirectory ? fully.directory : fully.file);
  });
  if (shut.length === 0) return [];
  const rest = shut.length > shown ? ` and ${shut.length - shown} more` : '';
  const evidence = shut.slice(0, shown).map(rightsOf).join(', ') + rest;
  // What belongs to them already is not theirs to use by its mode.
  const own = shut.filter((path) => lstatSync(path).uid === user.uid);
  const opened = own.length === shut.length ? `chmod u+rwX ${own.join(' ')}` : fix;
  return [
    finding({ profile, what: `${user.name} may not use the files of ${whose}`, evidence, fix: opened }),
  ];
}

/** Not there, or behind a directory that is told of itself. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
