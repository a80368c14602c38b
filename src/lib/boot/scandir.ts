import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, Failure, isDenied } from '../failure.ts';
import { siteManager } from '../gateway/registry.ts';
import { quoted } from '../shell.ts';
import type { Site } from '../site.ts';
import { stampName } from './slot-stamp.ts';

const graceMs = 8_000;

/** Where the tree of a user goes who names no place: below XDG_RUNTIME_DIR, else in a private directory made for it. */
export function scandirOfUser(env: Site['env']): {
  readonly scandir: string;
  readonly privateDir: string | null;
} {
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? '';
  if (runtimeDir !== '') return { scandir: join(runtimeDir, 'hermes', 'service'), privateDir: null };
  const privateDir = mkdtempSync(join(tmpdir(), 'hermes-'));
  return { scandir: join(privateDir, 'service'), privateDir };
}

/** What tells another program about the tree of this site. */
export function environmentOf(site: Site): Record<string, string> {
  return {
    HERMES_HOME: site.root,
    S6_PROFILE_GATEWAY_SCANDIR: site.scandir,
    ...(site.binDir === null ? {} : { HERMES_S6_BIN_DIR: site.binDir }),
  };
}

/** The same as lines to paste into another terminal. */
export function exportLines(site: Site): string[] {
  return Object.entries(environmentOf(site)).map(([key, value]) => `export ${key}=${quoted(value)}`);
}

/** Makes the scandir where it is missing; throws `Failure` (77 when denied, else 1). */
export function makeScandir(scandir: string): void {
  try {
    mkdirSync(scandir, { recursive: true });
  } catch (error) {
    const denied = isDenied(error) || errnoOf(error) === 'EROFS';
    throw new Failure(`cannot make the scandir ${scandir}: ${errnoOf(error) ?? String(error)}`, {
      code: 'SCANDIR_FAILED',
      exit: denied ? 77 : 1,
      hint: 'Name one with S6_PROFILE_GATEWAY_SCANDIR that this user may write.',
    });
  }
}

function isOurs(entry: string): boolean {
  return /^\.?gateway-/.test(entry) || entry === '.s6-svscan' || entry === stampName;
}

function refuse(site: Site, fact: string, hint: string): never {
  throw new Failure(`${site.scandir} ${fact}`, { code: 'SCANDIR_IN_USE', exit: 1, hint });
}

/**
 * Makes the scandir, or empties one that nobody scans; what survived of an earlier tree is ended in order.
 * Throws `Failure` (1) when somebody scans it or when it holds anything but slots.
 */
export async function emptyScandir(site: Site): Promise<void> {
  const manager = siteManager(site);
  makeScandir(site.scandir);
  const foreign = readdirSync(site.scandir).find((entry) => !isOurs(entry));
  if (foreign !== undefined)
    refuse(
      site,
      `holds ${JSON.stringify(foreign)}, which is no slot`,
      'Name an empty directory with --scandir.',
    );
  if (await manager.listening())
    refuse(site, 'is supervised already', `To use that tree:\n${exportLines(site).join('\n')}`);
  // A killed s6-svscan leaves its supervisors behind, with their gateways.
  for (const [service, { status }] of await manager.survey(manager.list()))
    if (status !== null) await manager.retire(service, { graceMs });
  for (const entry of readdirSync(site.scandir))
    rmSync(join(site.scandir, entry), { recursive: true, force: true });
}
