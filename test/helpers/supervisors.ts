import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** PIDs of the s6-supervise processes that serve this slot; more than one is a disaster. */
export function supervisorsOf(scandir: string, service: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .filter((pid) => {
      try {
        const isSupervise = readFileSync(`/proc/${pid}/comm`, 'utf8') === 's6-supervise\n';
        return isSupervise && readlinkSync(`/proc/${pid}/cwd`) === join(scandir, service);
      } catch {
        return false;
      }
    })
    .map(Number);
}
