import { basename, dirname } from 'node:path';
import { S6ServiceManager } from '../s6/manager.ts';
import type { Site } from '../site.ts';
import { pauseMs } from './crash-guard.ts';
import { desiredAt, readState } from './state.ts';

/** How long the gateway of `home` must wait before it serves, by the death tally of its service directory `slot`. */
export async function crashPauseMs(site: Site, home: string, slot: string): Promise<number> {
  const manager = new S6ServiceManager({ scandir: dirname(slot), binDir: site.binDir });
  return pauseMs(await manager.deaths(basename(slot)), desiredAt(readState(home)), site.now());
}
