import type { SlotSite } from '../gateway/slot.ts';
import { type ProfileName, parseProfileName, profileOfService } from '../profile/name.ts';
import { isOn, type Site } from '../site.ts';
import type { ContainerCommand } from './container-command.ts';
import type { BootFacts, SeedOrigin } from './plan.ts';
import { slotCheck } from './slot-stamp.ts';
import { readVolume } from './volume.ts';

/** The profile that the command names, else the selected one; null for a name that cannot be one. */
function profileOf(site: Site, named: string | null): ProfileName | null {
  try {
    return named === null ? site.profile : parseProfileName(named);
  } catch {
    return null;
  }
}

/** Which profiles are wanted up from their first boot on, and which one stays out of supervision. */
function firstWishes(
  site: Site,
  { runsGateway }: ContainerCommand,
): Pick<BootFacts, 'seeds' | 'unsupervised'> {
  const seeds = new Map<ProfileName, SeedOrigin>();
  if (site.env['HERMES_GATEWAY_BOOTSTRAP_STATE'] === 'running') seeds.set(site.profile, 'bootstrap-variable');
  if (runsGateway === null) return { seeds, unsupervised: null };
  const name = profileOf(site, runsGateway.profile);
  if (name === null) return { seeds, unsupervised: null };
  if (runsGateway.noSupervise || isOn(site.env, 'HERMES_GATEWAY_NO_SUPERVISE'))
    return { seeds, unsupervised: name };
  return { seeds: seeds.set(name, 'legacy-container-cmd'), unsupervised: null };
}

/**
 * Reads all that a plan is made of; `services` were listed before, so that no profile that is made meanwhile looks like
 * an orphan. `onWanted` hears of each slot that is wanted up.
 */
export async function gather(
  site: Site,
  services: readonly string[],
  slotSite: SlotSite,
  command: ContainerCommand,
  onWanted: () => void,
): Promise<BootFacts & { readonly gap: string | null }> {
  const slots = new Set(services.flatMap((service) => profileOfService(service) ?? []));
  const wishes = firstWishes(site, command);
  const isAsItShould = slotCheck(site.scandir, slotSite);
  const { findings, gap } = await readVolume(site.root, (name, home, desired) => {
    if (!slots.has(name)) return 'missing';
    if (desired === 'running') onWanted();
    const overruled = wishes.seeds.has(name) || wishes.unsupervised === name;
    return !overruled && isAsItShould(name, home, desired !== 'running') ? 'unchanged' : 'present';
  });
  return { findings, gap, complete: gap === null, slots, ...wishes };
}
