import { profileHome } from '../profile/home.ts';
import { type ProfileName, profileOfService, serviceName } from '../profile/name.ts';
import { listProfiles } from '../profile/store.ts';
import type { Surveyed } from '../s6/survey.ts';
import type { Site } from '../site.ts';
import { assertManaged } from './job.ts';
import { beginReadingLocks, gatewayHolder } from './orphan.ts';
import { siteManager } from './registry.ts';
import { desiredState, readState } from './state.ts';
import type { Verb } from './transition.ts';

export interface Selection {
  readonly profiles: readonly ProfileName[];
  /** What s6 said of the services that it was asked about. */
  readonly seen: ReadonlyMap<string, Surveyed>;
}

/** The gateways that `--all` means: start those wanted up, stop and restart those that run. Throws a Failure (69). */
export async function selectAll(site: Site, verb: Verb): Promise<Selection> {
  assertManaged(site);
  const known = listProfiles(site.root);
  if (verb === 'start') {
    const isWanted = (profile: ProfileName): boolean =>
      desiredState(readState(profileHome(site.root, profile))) === 'running';
    return { profiles: known.filter(isWanted), seen: new Map() };
  }
  const manager = siteManager(site);
  const slots = manager.list().map(profileOfService);
  const profiles = [...new Set([...known, ...slots.filter((profile) => profile !== null)])];
  const begun = beginReadingLocks();
  const seen = await manager.survey(profiles.map(serviceName), { deaths: false });
  const locks = await begun;
  const mayRun = (profile: ProfileName): boolean => {
    const { status = null, error = null } = seen.get(serviceName(profile)) ?? {};
    if (status !== null && (status.up || status.wantedUp)) return true;
    // What s6 would not tell is told of the one that it is about; what runs without it is ended too.
    return error !== null || gatewayHolder(profileHome(site.root, profile), locks) !== null;
  };
  return { profiles: profiles.filter(mayRun), seen };
}
