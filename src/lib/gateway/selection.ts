import { profileHome } from '../profile/home.ts';
import { type ProfileName, profileOfService, serviceName } from '../profile/name.ts';
import { listProfiles } from '../profile/store.ts';
import { loadRunApart } from '../process.ts';
import type { Site } from '../site.ts';
import { assertManaged } from './job.ts';
import { beginReadingLocks, gatewayHolder } from './orphan.ts';
import { siteManager } from './registry.ts';
import { desiredState, readState } from './state.ts';
import type { Verb } from './transition.ts';

/** The gateways that `--all` means: start those wanted up, stop and restart those that run. Throws a Failure (69). */
export async function selectAll(site: Site, verb: Verb): Promise<ProfileName[]> {
  assertManaged(site);
  const profiles = listProfiles(site.root);
  if (verb === 'start')
    return profiles.filter(
      (profile) => desiredState(readState(profileHome(site.root, profile))) === 'running',
    );
  const manager = siteManager(site);
  const slots = manager.list().map(profileOfService);
  const known = [...new Set([...profiles, ...slots.filter((profile) => profile !== null)])];
  const jobs = known.map((profile) => ({
    profile,
    service: serviceName(profile),
    home: profileHome(site.root, profile),
  }));
  // The kernel tells of all that run at once; s6 is asked about the others, one by one.
  const [locks] = await Promise.all([beginReadingLocks(), loadRunApart()]);
  const running = new Set(jobs.filter(({ home }) => gatewayHolder(home, locks) !== null));
  const seen = await manager.survey(
    jobs.filter((job) => !running.has(job)).map(({ service }) => service),
    { deaths: false },
  );
  const isUp = (service: string): boolean => {
    const status = seen.get(service)?.status ?? null;
    return status !== null && (status.up || status.wantedUp);
  };
  return jobs.filter((job) => running.has(job) || isUp(job.service)).map(({ profile }) => profile);
}
