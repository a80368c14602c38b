import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, Failure } from '../failure.ts';
import { isTemporary } from '../files/atomic-write.ts';
import { whileIdle } from '../files/locks.ts';
import { lifecycleLockPath, profilesDir, profilesLockPath, stateLockPath } from '../profile/paths.ts';
import { isStaging, sweepStaging } from '../profile/store.ts';
import { leftovers } from '../s6/service-directory.ts';
import { type Examined, type Finding, finding, fixByDoctor } from './finding.ts';
import type { Patient } from './patient.ts';

const graceMs = 8_000;

/** What commands that were killed have left in the scandir, among the profiles and in the homes. */
export function checkLeftovers({ site: { root, scandir }, manager, profiles, reachable }: Patient): Examined {
  const inScandir = reachable ? leftovers(scandir).map((entry) => join(scandir, entry)) : [];
  const inProfiles = abandoned([profilesLockPath(root)], () => pathsIn(profilesDir(root), isStaging));
  const inHomes = profiles.flatMap(({ home }) => abandoned(writersOf(home), () => temporariesIn(home)));
  const findings = [
    ...left('slots that were being made or removed', inScandir, async () => {
      await manager.sweep({ graceMs });
    }),
    ...left('profiles that were being made or removed', inProfiles, () => {
      sweepStaging(root);
    }),
    ...left('files that were being written', inHomes, () => {
      for (const { home } of profiles)
        whileIdle(writersOf(home), () =>
          temporariesIn(home).forEach((path) => rmSync(path, { force: true })),
        );
    }),
  ];
  return { evidence: 'nothing is left of commands that were killed', findings };
}

/** What is there while nobody holds these locks: who does is making it. */
function abandoned(locks: readonly string[], look: () => string[]): string[] {
  return look().length === 0 ? [] : (whileIdle(locks, look) ?? []);
}

/** The locks under which files of a home are replaced. */
const writersOf = (home: string): string[] => [lifecycleLockPath(home), stateLockPath(home)];

const temporariesIn = (home: string): string[] => pathsIn(home, isTemporary);

function left(what: string, paths: readonly string[], sweep: () => void | Promise<void>): Finding[] {
  if (paths.length === 0) return [];
  const mend = async (): Promise<void> => {
    await sweep();
    const rest = paths.filter((path) => existsSync(path));
    if (rest.length > 0)
      throw new Failure(`another command is at work on ${rest.join(', ')}`, { code: 'BUSY', exit: 75 });
  };
  return [
    finding({ what: `there are leftovers of ${what}`, evidence: paths.join(', '), fix: fixByDoctor, mend }),
  ];
}

/** None of a directory that is missing; one that is denied is told of as such. */
function pathsIn(directory: string, isMeant: (entry: string) => boolean): string[] {
  try {
    return readdirSync(directory)
      .filter(isMeant)
      .map((entry) => join(directory, entry));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
