import { join } from 'node:path';
import type { Owner } from '../files/owner.ts';
import { S6CommandError } from './errors.ts';
import { holds } from './holds.ts';
import { publish } from './publish.ts';
import { retire } from './retire.ts';
import { isPublished, updateInPlace, type ServiceFiles } from './service-directory.ts';
import type { S6Tools } from './tools.ts';

const superviseLimitMs = 10_000;

/**
 * Makes a service directory, or brings the one that is there up to date, and waits until it is supervised, where an
 * s6-svscan listens. Throws S6CommandError; then nothing of a new directory is left.
 */
export async function register(
  tools: S6Tools,
  scandir: string,
  service: string,
  files: ServiceFiles,
  owner: Owner | null,
): Promise<void> {
  const isNew = !isPublished(scandir, service);
  if (isNew) {
    // A scandir that we may not rescan is denied before anything is made.
    tools.scanctl([], scandir);
    publish(scandir, { service, files }, owner);
  } else updateInPlace(scandir, service, files);
  try {
    await adopted(tools, scandir, service);
  } catch (error) {
    if (isNew) await retire(tools, scandir, service, 0).catch(() => undefined);
    throw error;
  }
}

// Right after a rescan s6-svc and s6-svwait fail, and s6-svok says yes too early: only s6-svstat tells.
async function adopted(tools: S6Tools, scandir: string, service: string): Promise<void> {
  const isSupervised = (): boolean => tools.status(join(scandir, service), service) !== null;
  if (isSupervised() || !tools.scanctl(['-a'], scandir)) return;
  if (await holds(isSupervised, superviseLimitMs)) return;
  const stderr = 's6-svscan started no supervisor for it';
  throw new S6CommandError({ code: 'S6_TIMEOUT', service, action: 'register', returncode: null, stderr });
}
