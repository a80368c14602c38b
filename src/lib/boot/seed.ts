import { constants, closeSync, fchownSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { errnoOf } from '../failure.ts';
import { syncDirectory, temporaryBeside } from '../files/atomic-write.ts';
import type { Owner } from '../files/owner.ts';
import { statePath } from '../profile/paths.ts';
import type { SeedOrigin } from './plan.ts';

const wantedBy: Readonly<Record<SeedOrigin, string>> = {
  'legacy-container-cmd': "the container's command",
  'bootstrap-variable': 'HERMES_GATEWAY_BOOTSTRAP_STATE',
};

function content(origin: SeedOrigin, at: Date): string {
  const wish = {
    desired_state: 'running',
    desired_at: at.toISOString(),
    desired_by: wantedBy[origin],
    desired_reason: 'first boot',
  };
  const seeded = origin === 'legacy-container-cmd' ? { ...wish, migrated_from: origin } : wish;
  return `${JSON.stringify(seeded, null, 2)}\n`;
}

/**
 * Gives a home without a state the wish to run: whole or not at all, and never over a file (or a link) that is there.
 * Returns false when somebody was first; throws the errno of the file system otherwise.
 */
export function seedState(home: string, origin: SeedOrigin, at: Date, owner: Owner | null): boolean {
  const path = statePath(home);
  const temporary = temporaryBeside(path);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  try {
    writeSync(fd, content(origin, at));
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    fsyncSync(fd);
    linkSync(temporary, path);
    syncDirectory(home);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(fd);
    rmSync(temporary, { force: true });
  }
}
