import { basename, dirname } from 'node:path';
import { S6ServiceManager } from '../s6/manager.ts';
import type { Site } from '../site.ts';
import { pauseMs } from './crash-guard.ts';
import { unaskedDeaths } from '../s6/tai64.ts';
import { desiredAt, readState, restartedAt } from './state.ts';

/** How long the gateway of `home` must wait before it serves, by the death tally of its service directory `slot`. */
export async function crashPauseMs(site: Site, home: string, slot: string): Promise<number> {
  const manager = new S6ServiceManager({ scandir: dirname(slot), binDir: site.binDir });
  const reading = readState(home);
  const deaths = unaskedDeaths(await manager.tally(basename(slot)), restartedAt(reading));
  return pauseMs(deaths, desiredAt(reading), site.now());
}
