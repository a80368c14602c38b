import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Which service manager serves here, and what says so. */
export type Detection =
  | { readonly kind: 's6'; readonly evidence: string; readonly explicit: boolean }
  | { readonly kind: 'none'; readonly evidence: string; readonly hint: string };

export interface DetectOptions {
  /** The scandir that `--scandir` or the environment names; null when neither does. */
  readonly explicitScandir: string | null;
  readonly proc?: string;
  readonly basedir?: string;
}

/** Decides by the scandir that was given, else by PID 1 and s6-overlay's base directory; probes nothing further. */
export function detect({
  explicitScandir,
  proc = '/proc',
  basedir = '/run/s6/basedir',
}: DetectOptions): Detection {
  if (explicitScandir !== null)
    return { kind: 's6', evidence: `the scandir was given: ${explicitScandir}`, explicit: true };
  const comm = commOf(proc);
  const hasBasedir = statSync(basedir, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (comm === 's6-svscan' && hasBasedir)
    return { kind: 's6', evidence: `PID 1 is s6-svscan and ${basedir} exists`, explicit: false };
  const pid1 = comm === null ? `${proc}/1/comm cannot be read` : `PID 1 is ${comm}`;
  return {
    kind: 'none',
    evidence: comm === 's6-svscan' ? `${pid1}, but ${basedir} is no directory` : pid1,
    hint: 'Start a supervision tree with "hermes boot supervise", or name a running one with S6_PROFILE_GATEWAY_SCANDIR.',
  };
}

/** The directory that holds the s6 programs: the one that is configured, else the first that has `s6-svc`. */
export function findBinDir(env: Readonly<Record<string, string | undefined>>): string | null {
  const configured = env['HERMES_S6_BIN_DIR'];
  if (configured !== undefined && configured !== '') return configured;
  return ['/command', '/usr/bin', '/bin'].find((dir) => existsSync(join(dir, 's6-svc'))) ?? null;
}

// /proc/1/exe would say more, but is unreadable for everyone but root.
function commOf(proc: string): string | null {
  try {
    return readFileSync(join(proc, '1/comm'), 'utf8').trim();
  } catch {
    return null;
  }
}
