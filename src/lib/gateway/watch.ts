import { basename, dirname, join } from 'node:path';
import { Changes, type Place } from '../files/changes.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { profilesDir, statePath } from '../profile/paths.ts';
import type { Site } from '../site.ts';
import { assertAll, type GatewayStatus, selectedStatus } from './status.ts';

/**
 * The status of gateways now, and again whenever something of them may have changed, until the signal. `select` is
 * asked each time. Throws as gatewayStatus does.
 */
export async function* watchStatus(
  site: Site,
  select: () => readonly ProfileName[],
  signal: AbortSignal,
): AsyncGenerator<readonly GatewayStatus[]> {
  const changes = new Changes();
  try {
    do {
      // Watched first: what changes while s6 is asked is looked at again.
      changes.watch(places(site, select()));
      const gateways = assertAll(await selectedStatus(site, select));
      yield gateways;
      await changes.next(untilNextTryMs(gateways, site.now()), signal);
    } while (!signal.aborted);
  } finally {
    changes.close();
  }
}

function places(site: Site, profiles: readonly ProfileName[]): Place[] {
  const services = profiles.map(serviceName);
  const slots = services.map((service) => join(site.scandir, service));
  return [
    { directory: site.scandir, names: services },
    { directory: profilesDir(site.root), names: null },
    ...slots.map((directory) => ({ directory, names: ['supervise', 'down'] })),
    ...slots.map((slot) => ({ directory: join(slot, 'supervise'), names: ['status', 'death_tally'] })),
    ...profiles.map((profile) => {
      const path = statePath(profileHome(site.root, profile));
      return { directory: dirname(path), names: [basename(path)] };
    }),
  ];
}

/** The end of a pause changes a state without any event; null: nobody pauses. */
function untilNextTryMs(gateways: readonly GatewayStatus[], now: Date): number | null {
  const tries = gateways.flatMap(({ next_try: next }) => (next === null ? [] : [Date.parse(next)]));
  return tries.length === 0 ? null : Math.max(1, Math.min(...tries) - now.getTime() + 1);
}
