import { existsSync, readFileSync, statSync } from 'node:fs';
import { type SlotSite, slotFiles } from '../gateway/slot.ts';
import { writeAtomic } from '../files/atomic-write.ts';
import { defaultConfig } from '../profile/config.ts';
import { defaultProfile, parseProfileName, type ProfileName, serviceName } from '../profile/name.ts';
import { configPath } from '../profile/paths.ts';
import type { ProfileFinding } from './plan.ts';

/** Left in the scandir by a pass that has looked at every slot: what it rendered them like, and whom it had trouble with. */
export const stampName = '.hermes-slots';
const scripts = ['', '/run', '/finish', '/log/run'] as const;

/** What all slots have in common: it changes with the program, its place, the runtime user, the s6 programs. */
function renderingOf(slotSite: SlotSite): string {
  const samples = [defaultProfile, parseProfileName('sample')].map((name) =>
    slotFiles(name, defaultConfig, slotSite, { down: false }),
  );
  return JSON.stringify(samples.map(({ files }) => [...files]));
}

function readStamp(path: string): { rendering: unknown; again: unknown } | null {
  try {
    const stamp: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof stamp === 'object' && stamp !== null && 'rendering' in stamp && 'again' in stamp
      ? stamp
      : null;
  } catch {
    return null;
  }
}

/** Whether a slot is as it should be, for a gateway that is to start by itself or not. */
export type SlotCheck = (name: ProfileName, home: string, down: boolean) => boolean;

/**
 * Tells which slots are as the last pass left them: directory and scripts older than its stamp, the configuration
 * older than the slot, `down` as wanted. Whoever hides a change from that (a forged time) keeps it until a cold boot.
 */
export function slotCheck(scandir: string, slotSite: SlotSite): SlotCheck {
  const path = `${scandir}/${stampName}`;
  const stamp = readStamp(path);
  if (stamp?.rendering !== renderingOf(slotSite) || !Array.isArray(stamp.again)) return () => false;
  const stampedMs = statSync(path).mtimeMs;
  const again = new Set<unknown>(stamp.again);
  return (name, home, down) => {
    const slot = `${scandir}/${serviceName(name)}`;
    if (again.has(name) || existsSync(`${slot}/down`) !== down) return false;
    let renderedMs = 0;
    for (const script of scripts) {
      const found = statSync(slot + script, { throwIfNoEntry: false });
      if (found === undefined || found.mtimeMs >= stampedMs) return false;
      if (script === '/run') renderedMs = found.mtimeMs;
    }
    const config = statSync(configPath(home), { throwIfNoEntry: false });
    return config === undefined || config.ctimeMs < renderedMs;
  };
}

/** Whether nothing but a changed configuration file could make the slot another one. */
export function isPlain({ troubles, config }: ProfileFinding): boolean {
  const { mode, notify, stopTimeoutS } = config ?? defaultConfig;
  return (
    troubles.length === 0 &&
    mode === defaultConfig.mode &&
    notify === defaultConfig.notify &&
    stopTimeoutS === defaultConfig.stopTimeoutS
  );
}

/** Leaves the stamp, after everything else in the scandir; `again`: profiles that the next pass looks at closely. */
export function writeStamp(scandir: string, slotSite: SlotSite, again: readonly string[]): void {
  const stamp = { rendering: renderingOf(slotSite), again };
  writeAtomic(`${scandir}/${stampName}`, JSON.stringify(stamp), { durable: false });
}
