import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { errnoOf, messageOf } from '../failure.ts';
import { profileHome, type RootHome } from '../profile/home.ts';
import { defaultProfile, parseProfileName, type ProfileName } from '../profile/name.ts';
import { profilesDir, soulPath } from '../profile/paths.ts';
import type { Finding } from './plan.ts';
import { lookAt, type SightOf } from './profile-finding.ts';

/** What a boot pass found on the volume. */
export interface Volume {
  /** `default` first, then in byte order. */
  readonly findings: readonly Finding[];
  /** Why profiles may be missing from the findings; null: all of them are there. */
  readonly gap: string | null;
}

function words(error: unknown): string {
  return errnoOf(error) ?? messageOf(error);
}

/** The name, spelled exactly so; null for what cannot be a service's name. */
function exactName(entry: string): ProfileName | null {
  try {
    const name = parseProfileName(entry);
    return name === entry ? name : null;
  } catch {
    return null;
  }
}

/** Why a directory has no usable SOUL.md; null: it simply has none, and so is no profile. */
function missingSoul(home: string): string | null {
  try {
    statSync(soulPath(home));
    return null;
  } catch (error) {
    const fact = words(error);
    if (fact === 'ENOTDIR') return null;
    if (fact !== 'ENOENT') return `SOUL.md cannot be looked at: ${fact}`;
    if (lstatSync(soulPath(home), { throwIfNoEntry: false }) !== undefined) return 'SOUL.md is a broken link';
    return existsSync(home) ? null : 'its directory is a broken link';
  }
}

async function findingFor(name: ProfileName, home: string, sightOf: SightOf): Promise<Finding> {
  try {
    return await lookAt(name, home, sightOf);
  } catch (error) {
    return { kind: 'broken', name, reason: words(error) };
  }
}

async function lookBelowProfiles(root: RootHome, entry: string, sightOf: SightOf): Promise<Finding | null> {
  const home = `${profilesDir(root)}/${entry}`;
  if (!existsSync(soulPath(home))) {
    const reason = missingSoul(home);
    return reason === null ? null : { kind: 'broken', name: entry, reason };
  }
  if (entry === defaultProfile) return { kind: 'reserved', name: entry };
  const name = exactName(entry);
  return name === null
    ? { kind: 'broken', name: entry, reason: 'bad-name' }
    : findingFor(name, home, sightOf);
}

function inByteOrder(entries: readonly string[]): string[] {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry).toString('latin1') }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ entry }) => entry);
}

/** Reads the volume profile by profile; whatever is wrong with one of them is its own finding, and never thrown. */
export async function readVolume(root: RootHome, sightOf: SightOf): Promise<Volume> {
  if (!existsSync(root)) return { findings: [], gap: `${root} does not exist` };
  const findings = [await findingFor(defaultProfile, profileHome(root, defaultProfile), sightOf)];
  let gap: string | null = null;
  let entries: string[] = [];
  try {
    // Dot names are creates and deletes at work, or their leftovers.
    entries = readdirSync(profilesDir(root)).filter((entry) => !entry.startsWith('.'));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') gap = `${profilesDir(root)} cannot be read: ${words(error)}`;
  }
  for (const entry of inByteOrder(entries)) {
    const finding = await lookBelowProfiles(root, entry, sightOf);
    if (finding !== null) findings.push(finding);
  }
  return { findings, gap };
}
