import { readFileSync, statSync } from 'node:fs';
import { type SlotSite, slotFiles } from '../gateway/slot.ts';
import { writeAtomic } from '../files/atomic-write.ts';
import { defaultConfig } from '../profile/config.ts';
import { defaultProfile, parseProfileName, type ProfileName, serviceName } from '../profile/name.ts';
import { configPath } from '../profile/paths.ts';
import type { ProfileFinding } from './plan.ts';

/** Left in the scandir by a pass that has looked at every slot: what it rendered them like, and how it left them. */
export const stampName = '.hermes-slots';
const scripts = ['', '/run', '/finish', '/log/run'] as const;

/** What all slots have in common: it changes with the program, its place, the runtime user, the s6 programs. */
function renderingOf(slotSite: SlotSite): string {
  const samples = [defaultProfile, parseProfileName('sample')].map((name) =>
    slotFiles(name, defaultConfig, slotSite, { down: false }),
  );
  return JSON.stringify(samples.map(({ files }) => [...files]));
}

/** Profiles whose slots were left down, and those that the next pass looks at closely. */
interface Left {
  readonly down: readonly string[];
  readonly again: readonly string[];
}

function readStamp(path: string, rendering: string): Left | null {
  try {
    const stamp = JSON.parse(readFileSync(path, 'utf8')) as Left & { readonly rendering: string };
    const isWhole = Array.isArray(stamp.down) && Array.isArray(stamp.again);
    return isWhole && stamp.rendering === rendering ? stamp : null;
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
  const stamp = readStamp(path, renderingOf(slotSite));
  if (stamp === null) return () => false;
  const stampedMs = statSync(path).mtimeMs;
  const again = new Set(stamp.again);
  const leftDown = new Set(stamp.down);
  return (name, home, down) => {
    if (again.has(name) || leftDown.has(name) !== down) return false;
    const slot = `${scandir}/${serviceName(name)}`;
    let renderedMs = 0;
    // A directory changes with its entries, `down` among them.
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

/** Leaves the stamp, after everything else in the scandir. */
export function writeStamp(scandir: string, slotSite: SlotSite, left: Left): void {
  const stamp = { rendering: renderingOf(slotSite), ...left };
  writeAtomic(`${scandir}/${stampName}`, JSON.stringify(stamp), { durable: false });
}
