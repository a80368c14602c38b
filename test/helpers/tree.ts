import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killProcessesOf } from './leftovers.ts';
import { until } from './until.ts';

export interface SupervisionTree {
  readonly scandir: string;
  /** Of s6-svscan. */
  readonly pid: number;
  /** Ends the tree, whatever runs in it, and removes the scandir. */
  stop(): Promise<void>;
}

export interface TreeOptions {
  /** What every service finds in its environment besides ours, e.g. HERMES_HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whose tree it is; only root can say so. */
  readonly as?: { readonly uid: number; readonly gid: number };
  /** An existing directory to scan; left out: a new temporary one. */
  readonly scandir?: string;
}

/** Where the s6 programs are on this machine. */
export const binDir = '/usr/bin';

/** The unprivileged user of the tests: `nobody`, on every Debian. */
export const nobody = { uid: 65534, gid: 65534 } as const;

/** Starts a real s6-svscan in a session of its own; resolves when it listens. */
export async function startTree({
  env = {},
  as,
  scandir = temporaryScandir(),
}: TreeOptions = {}): Promise<SupervisionTree> {
  if (as !== undefined) chownSync(scandir, as.uid, as.gid);
  const child = spawn(join(binDir, 's6-svscan'), [scandir], {
    detached: true,
    stdio: 'ignore',
    // Supervisors show only relative names: by this value their processes can be found again.
    env: { ...process.env, ...env, TREE_OF_TEST: scandir },
    ...as,
  });
  await until(() => scanctl(scandir), `s6-svscan listens on ${scandir}`);
  return {
    scandir,
    pid: child.pid ?? 0,
    async stop() {
      scanctl(scandir, '-t');
      await killProcessesOf(scandir);
      rmSync(scandir, { recursive: true, force: true });
    },
  };
}

/** A scandir that nobody scans, readable for every user. */
export function temporaryScandir(): string {
  const scandir = mkdtempSync(join(tmpdir(), 'hermes-scandir-'));
  chmodSync(scandir, 0o755);
  return scandir;
}

function scanctl(scandir: string, ...flags: string[]): boolean {
  return spawnSync(join(binDir, 's6-svscanctl'), [...flags, scandir], { stdio: 'ignore' }).status === 0;
}
