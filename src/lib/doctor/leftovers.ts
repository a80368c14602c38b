import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../failure.ts';
import { profilesDir } from '../profile/paths.ts';
import { isStaging, sweepStaging } from '../profile/store.ts';
import { leftovers } from '../s6/service-directory.ts';
import { isTemporary } from '../files/atomic-write.ts';
import { type Examined, type Finding, finding, fixByDoctor } from './finding.ts';
import type { Patient } from './patient.ts';

const graceMs = 8_000;

/** What commands that were killed have left in the scandir, among the profiles and in the homes. */
export function checkLeftovers({ site, manager, profiles, reachable }: Patient): Examined {
  const inHomes = profiles.flatMap(({ home }) =>
    entriesOf(home)
      .filter(isTemporary)
      .map((entry) => join(home, entry)),
  );
  const findings = [
    ...left('slots that were being made or removed', reachable ? inScandir(site.scandir) : [], async () => {
      await manager.sweep({ graceMs });
    }),
    ...left('profiles that were being made or removed', inProfiles(profilesDir(site.root)), () => {
      sweepStaging(site.root);
    }),
    ...left('files that were being written', inHomes, () => {
      for (const path of inHomes) rmSync(path, { force: true });
    }),
  ];
  return { evidence: 'nothing is left of commands that were killed', findings };
}

function inScandir(scandir: string): string[] {
  return leftovers(scandir).map((entry) => join(scandir, entry));
}

function inProfiles(directory: string): string[] {
  return entriesOf(directory)
    .filter(isStaging)
    .map((entry) => join(directory, entry));
}

function left(what: string, paths: readonly string[], mend: () => void | Promise<void>): Finding[] {
  if (paths.length === 0) return [];
  return [
    finding({ what: `there are leftovers of ${what}`, evidence: paths.join(', '), fix: fixByDoctor, mend }),
  ];
}

/** None of a directory that is missing; one that is denied is told of as such. */
function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
