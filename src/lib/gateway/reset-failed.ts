import { type ProfileName, serviceName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import { type Done, type Errand, runErrands } from './errand.ts';
import { siteManager } from './registry.ts';
import type { StateWord } from './status.ts';

export interface Reset extends Done {
  readonly outcome: 'done' | 'already';
  /** How many deaths that nobody asked for are forgotten. */
  readonly deaths: number;
  /** What the gateway was; one in `backoff` is tried again at once. */
  readonly state: StateWord;
}

/** Empties death tallies, the only thing that does, and ends the pause of a gateway that waits because of its own. */
export function resetFailed(
  site: Site,
  profiles: readonly ProfileName[],
  reason: string | null,
): Promise<Errand<Reset>[]> {
  const manager = siteManager(site);
  return runErrands(site, { action: 'reset-failed', reason }, profiles, async ({ profile, state, pid }) => {
    const service = serviceName(profile);
    const { length: deaths } = await manager.deaths(service);
    await manager.clearDeaths(service);
    // The process that waits has made up its mind: another one finds an empty tally. What is wanted stays as it is.
    if (state === 'backoff' && pid !== null) await manager.send(service, ['-r']);
    return { outcome: deaths === 0 ? 'already' : 'done', pid, deaths, state };
  });
}
