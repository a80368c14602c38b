import { baseEnvironment } from '../gateway/base-environment.ts';
import { readClaims } from '../gateway/preflight.ts';
import type { Examined } from './finding.ts';
import type { Patient } from './patient.ts';

/** The names of the variables that gateways see, and where they come from; never a value. */
export interface SeenEnvironment {
  /** Where what all of them see comes from. */
  readonly source: string;
  readonly names: readonly string[];
  readonly profiles: readonly { readonly profile: string; readonly names: readonly string[] }[];
}

/** Reads which variables gateways see. */
export async function seenEnvironment({ site, profiles }: Patient): Promise<SeenEnvironment> {
  const { source, variables } = baseEnvironment(site);
  const claims = await readClaims(
    site.root,
    profiles.map(({ name }) => name),
  );
  return {
    source,
    names: [...variables.keys()].sort(),
    profiles: claims.map(({ profile, variables: own }) => ({ profile, names: [...own.keys()].sort() })),
  };
}

/** What gateways see, in words. */
export function checkEnvironment({ source, names, profiles }: SeenEnvironment): Examined {
  const own = profiles
    .filter((profile) => profile.names.length > 0)
    .map((profile) => `; .env of ${profile.profile}: ${profile.names.join(', ')}`);
  return { evidence: `from ${source}: ${names.join(', ')}${own.join('')}`, findings: [] };
}
