import { lstatSync } from 'node:fs';
import { messageOf } from '../failure.ts';
import { type DesiredState, desiredState, priorState, readState, stateTrouble } from '../gateway/state.ts';
import type { SlotConfig } from '../gateway/slot.ts';
import { defaultConfig, readConfig } from '../profile/config.ts';
import type { ProfileName } from '../profile/name.ts';
import { pidPath, processesPath, statePath } from '../profile/paths.ts';
import type { ProfileFinding, Trouble } from './plan.ts';

/** What the scandir has for a profile: no slot, one that is as it was rendered, or one to look at. */
export type SlotSight = 'missing' | 'unchanged' | 'present';

/** Looks for the slot of a profile; `desired` tells whether it should start by itself. */
export type SightOf = (name: ProfileName, home: string, desired: DesiredState | null) => SlotSight;

/** A broken config.yaml is the gateway's to refuse (78), never a reason to go without a slot. */
async function usableConfig(home: string, troubles: Trouble[]): Promise<SlotConfig> {
  try {
    return await readConfig(home);
  } catch (error) {
    troubles.push({
      reason: 'config-invalid',
      sentence: messageOf(error),
    });
    return defaultConfig;
  }
}

/** The files that the gateway of an earlier container left and nobody must trust; a directory is nobody's to remove. */
function staleFiles(home: string, troubles: Trouble[]): string[] {
  return [pidPath(home), processesPath(home)].filter((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      troubles.push({ reason: 'not-swept', sentence: `${path} is a directory and was left alone` });
    return found?.isDirectory() === false;
  });
}

/** Looks at one profile; throws only what the file system says about a home that cannot be entered. */
export async function lookAt(name: ProfileName, home: string, sightOf: SightOf): Promise<ProfileFinding> {
  const troubles: Trouble[] = [];
  const reading = readState(home);
  const desired = desiredState(reading);
  const slot = sightOf(name, home, desired);
  const odd = stateTrouble(reading);
  if (odd !== null) troubles.push({ reason: 'state-unreadable', sentence: `${statePath(home)}: ${odd}` });
  return {
    kind: 'profile',
    name,
    home,
    priorState: priorState(reading),
    desired,
    hasState: reading.kind !== 'none',
    hasSlot: slot !== 'missing',
    config: slot === 'unchanged' ? null : await usableConfig(home, troubles),
    // Beside a slot there may be a gateway that runs, and then these files are its own.
    stale: slot === 'missing' ? staleFiles(home, troubles) : [],
    troubles,
  };
}
