import { accessSync, constants, lstatSync, renameSync, rmSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { syncDirectory, writeAtomic } from '../files/atomic-write.ts';
import { withLock } from '../files/lock.ts';
import { readRegular } from '../files/read.ts';
import { profileHome, type RootHome } from './home.ts';
import { assertCreatable, type ProfileName } from './name.ts';
import { formerNamePath, profilesDir, profilesLockPath } from './paths.ts';
import { assertProfile, isProfile, storeFailure } from './store.ts';

const lockTimeoutMs = 20_000;

/** Whether an interrupted rename has moved the home already, and left the rest. */
export function isHalfRenamed(root: RootHome, from: ProfileName, to: ProfileName): boolean {
  const home = profileHome(root, to);
  return !isProfile(profileHome(root, from)) && isProfile(home) && readRegular(formerNamePath(home)) === from;
}

/** Throws `Failure`: 2 for reserved names, 4 for a profile that does not exist, 1 when the new name is taken, 77. */
export function assertRenamable(root: RootHome, from: ProfileName, to: ProfileName): void {
  assertCreatable(from);
  assertCreatable(to);
  if (isHalfRenamed(root, from, to)) return;
  assertProfile(root, from);
  const home = profileHome(root, to);
  if (lstatSync(home, { throwIfNoEntry: false }) === undefined) {
    // Found out before the gateway is stopped for it.
    inStore(from, () => accessSync(profilesDir(root), constants.W_OK));
    return;
  }
  throw new Failure(from === to ? `${to} is its name already` : `${home} exists already`, {
    code: 'PROFILE_EXISTS',
    exit: 1,
    hint: 'Choose another name.',
  });
}

function inStore(from: ProfileName, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw storeFailure(`cannot rename profile ${from}`, error);
  }
}

/** Gives a profile's home its new name in one rename, under the lock that keeps names apart; done already is done. */
export async function renameHome(root: RootHome, from: ProfileName, to: ProfileName): Promise<void> {
  await withLock(profilesLockPath(root), { timeoutMs: lockTimeoutMs }, () => {
    assertRenamable(root, from, to);
    if (isHalfRenamed(root, from, to)) return;
    inStore(from, () => {
      writeAtomic(formerNamePath(profileHome(root, from)), from);
      renameSync(profileHome(root, from), profileHome(root, to));
      syncDirectory(profilesDir(root));
    });
  });
}

/** Forgets the former name: the rename is done. */
export function endRename(root: RootHome, to: ProfileName): void {
  rmSync(formerNamePath(profileHome(root, to)), { force: true });
}
