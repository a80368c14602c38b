import { profileHome } from '../profile/home.ts';
import { type ProfileName, profileOfService, serviceName } from '../profile/name.ts';
import { listProfiles } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { assertManaged } from './job.ts';
import { siteManager } from './registry.ts';
import { look } from './sight.ts';
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
  const seen = await look(
    manager,
    known.map((profile) => ({ service: serviceName(profile), home: profileHome(site.root, profile) })),
  );
  return known.filter((profile) => {
    const { status, orphan } = seen(serviceName(profile));
    return status?.up === true || status?.wantedUp === true || orphan !== null;
  });
}
