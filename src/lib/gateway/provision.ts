import { existsSync } from 'node:fs';
import { createProfile, type NewProfile } from '../profile/create.ts';
import type { ProfileName } from '../profile/name.ts';
import { removeProfile } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { appendJournal } from './journal.ts';
import { collisionSentence, preflight } from './preflight.ts';
import { register } from './registry.ts';

export interface Provisioned {
  readonly name: ProfileName;
  readonly home: string;
  /** Null: its gateway, like that of the profile it was cloned from, has none. */
  readonly port: number | null;
  /** Whether the gateway has a slot. */
  readonly registered: boolean;
  /** The profile that it was cloned from, and which of its secrets were left out; null: it is nobody's copy. */
  readonly clone: { readonly from: ProfileName; readonly left_out: readonly LeftOut[] } | null;
  /** Why it has none, what could not be recorded, what it shares with others: each a sentence. */
  readonly notes: readonly string[];
}

export interface LeftOut {
  readonly file: '.env' | 'config.yaml';
  readonly name: string;
}

/** Why no slot can be made here, and that the profile is `made` all the same; null when one can. */
export function obstacle({ detection, scandir }: Site, made: string): string | null {
  const later = `the profile is ${made} all the same, its gateway gets a slot when "hermes boot reconcile" runs under s6`;
  if (detection.kind === 'none') return `no s6 here (${detection.evidence}): ${later}.`;
  return existsSync(scandir) ? null : `the scandir ${scandir} does not exist: ${later}.`;
}

/** Makes a profile and the slot of its gateway, down; a slot that cannot be made takes the profile along. Throws `Failure`. */
export async function provision(site: Site, profile: NewProfile): Promise<Provisioned> {
  const begun = performance.now();
  const { name } = profile;
  const { home, port } = await createProfile(site, profile);
  const clone = cloneOf(profile);
  const without = obstacle(site, 'made');
  try {
    if (without === null) await register(site, name, { down: true });
  } catch (error) {
    removeProfile(site.root, name);
    throw error;
  }
  const unrecorded = appendJournal(site, {
    profile: name,
    action: 'create',
    reason: clone === null ? null : `cloned from ${clone.from}`,
    outcome: 'done',
    seconds: (performance.now() - begun) / 1000,
    pid: null,
    error: null,
  });
  const shared = (await preflight(site, [name])).map(
    (collision) => `Warning: ${collisionSentence(collision)}`,
  );
  const notes = [without, unrecorded, fixedPort(profile), ...shared].filter((note) => note !== null);
  return { name, home, port, registered: without === null, clone, notes };
}

function cloneOf({ template, env }: NewProfile): Provisioned['clone'] {
  if (template === undefined || template.from === null) return null;
  const { from, leftOut } = template;
  const variables = leftOut.env.filter((name) => !env.has(name));
  return {
    from,
    left_out: [
      ...variables.map((name): LeftOut => ({ file: '.env', name })),
      ...leftOut.config.map((name): LeftOut => ({ file: 'config.yaml', name })),
    ],
  };
}

function fixedPort({ template }: NewProfile): string | null {
  if (template === undefined || template.from === null || template.fixedPort === null) return null;
  return `Warning: gateway.command still names ${template.fixedPort}, the port of ${template.from}.`;
}
