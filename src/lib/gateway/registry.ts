import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../failure.ts';
import { byRoot } from '../files/owner.ts';
import { defaultConfig, readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import { defaultProfile, nearest, type ProfileName, reservedNames, serviceName } from '../profile/name.ts';
import { listProfiles, noHome } from '../profile/store.ts';
import { GatewayNotRegisteredError, S6CommandError } from '../s6/errors.ts';
import { S6ServiceManager } from '../s6/manager.ts';
import { updateInPlace } from '../s6/service-directory.ts';
import type { Site } from '../site.ts';
import { slotFiles, type SlotConfig, type SlotSite } from './slot.ts';

/** The s6 tree of this site. Throws S6CommandError (69) where s6 is not installed. */
export function siteManager(site: Site): S6ServiceManager {
  return new S6ServiceManager({ scandir: site.scandir, binDir: site.binDir });
}

/** The error for a name that means no gateway here, with the existing one that was probably meant. */
export function unknownGateway({ root }: Site, profile: ProfileName): Failure {
  if (profile === defaultProfile) return noHome(root);
  return new GatewayNotRegisteredError(
    profile,
    nearest(profile, listProfiles(root)),
    reservedNames.has(profile),
  );
}

/** What the slots of this site are rendered from; a runtime user without a passwd entry cannot be dropped to. */
export function slotSite(site: Site): SlotSite {
  const { binDir, programDirs, runtimeUser } = site;
  if (binDir === null)
    throw new S6CommandError({
      code: 'S6_MISSING',
      service: null,
      action: 's6-svc',
      returncode: null,
      stderr: '',
    });
  const name = runtimeUser?.name ?? '';
  return {
    binDir,
    programDirs,
    runtimeUserName: /^[a-z_][a-z0-9_-]*$/i.test(name) ? name : null,
    withContenv: existsSync(join(binDir, 'with-contenv')),
  };
}

/** Brings an existing slot's files up to date, for the next start of its service; starts no process. */
export function refresh(site: Site, profile: ProfileName, config: SlotConfig): void {
  const service = serviceName(profile);
  const down = existsSync(join(site.scandir, service, 'down'));
  updateInPlace(site.scandir, service, slotFiles(profile, config, slotSite(site), { down }));
}

/** Makes the profile's slot, or brings an existing one up to date without touching the running gateway. */
export async function register(
  site: Site,
  profile: ProfileName,
  options: { readonly down: boolean; readonly config?: SlotConfig },
): Promise<void> {
  const config = options.config ?? (await usableConfig(profileHome(site.root, profile)));
  const files = slotFiles(profile, config, slotSite(site), options);
  await siteManager(site).register(serviceName(profile), files, byRoot(site.runtimeUser));
}

/** A broken config.yaml is the gateway's to refuse (78), never a reason to go without a slot. */
async function usableConfig(home: string): Promise<SlotConfig> {
  try {
    return await readConfig(home);
  } catch {
    return defaultConfig;
  }
}

/** Takes the slot away, its gateway and its supervisor too; done when there is none. */
export async function unregister(
  site: Site,
  profile: ProfileName,
  options: { readonly graceMs: number },
): Promise<void> {
  const manager = siteManager(site);
  if (manager.exists(serviceName(profile))) await manager.retire(serviceName(profile), options);
}
