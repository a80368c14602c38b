import { constants, existsSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { isAccessible } from '../files/access.ts';
import { type LockTable, readLocks } from '../gateway/orphan.ts';
import { siteManager } from '../gateway/registry.ts';
import { look, type Sight, unseen } from '../gateway/sight.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { listProfiles } from '../profile/store.ts';
import type { S6ServiceManager } from '../s6/manager.ts';
import type { Site } from '../site.ts';
import type { User } from './access.ts';

/** A profile as the examination finds it. */
export interface ProfilePatient {
  readonly name: ProfileName;
  readonly service: string;
  readonly home: string;
  readonly hasSlot: boolean;
  readonly sight: Sight;
}

/** What all checks look at. */
export interface Patient {
  readonly site: Site;
  readonly manager: S6ServiceManager;
  /** Whom gateways run as. */
  readonly user: User;
  readonly profiles: readonly ProfilePatient[];
  /** Why the profiles are not all known; null: they are. */
  readonly gap: string | null;
  /** Whether there is a scandir that can be looked at. */
  readonly reachable: boolean;
  /** Whether an s6-svscan listens on it. */
  readonly listening: boolean;
  readonly locks: LockTable;
}

/** Looks once at what more than one check needs; what cannot be looked at is left out and told by the check that it concerns. */
export async function gather(site: Site): Promise<Patient> {
  const manager = siteManager(site);
  const reachable =
    site.detection.kind === 's6' && isAccessible(site.scandir, constants.R_OK | constants.X_OK);
  const { names, gap } = profilesOf(site);
  const profiles = names.map((name) => {
    const service = serviceName(name);
    return {
      name,
      service,
      home: profileHome(site.root, name),
      hasSlot: reachable && manager.exists(service),
    };
  });
  const managed = reachable && site.binDir !== null;
  const sightOf = managed ? await look(manager, profiles).catch(() => () => unseen) : () => unseen;
  return {
    site,
    manager,
    user: site.runtimeUser ?? {
      uid: process.geteuid?.() ?? 0,
      gid: process.getegid?.() ?? 0,
      name: site.actor.user,
    },
    profiles: profiles.map((profile) => ({ ...profile, sight: sightOf(profile.service) })),
    gap,
    reachable,
    listening: managed && (await manager.listening().catch(() => false)),
    locks: readLocks(),
  };
}

function profilesOf({ root }: Site): { names: readonly ProfileName[]; gap: string | null } {
  try {
    // A home that is not there, or not yet mounted, tells nothing of its profiles.
    return { names: listProfiles(root), gap: existsSync(root) ? null : `${root} does not exist` };
  } catch (error) {
    if (error instanceof Failure) return { names: [], gap: error.message };
    throw error;
  }
}
