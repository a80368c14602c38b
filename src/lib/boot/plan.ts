import type { ProfileName } from '../profile/name.ts';

export type BootAction = 'started' | 'registered' | 'skipped' | 'failed';

/** Why a home without a state is given one at boot. */
export type SeedOrigin = 'legacy-container-cmd' | 'bootstrap-variable';

/** What one directory of the volume turned out to be. */
export type Finding =
  | {
      readonly kind: 'profile';
      readonly name: ProfileName;
      readonly priorState: string | null;
      readonly desired: 'running' | 'stopped' | null;
      readonly state: 'present' | 'missing' | 'unreadable';
      /** What is worth saying about a profile that is restored all the same. */
      readonly remark: string | null;
    }
  | { readonly kind: 'reserved'; readonly name: string }
  | { readonly kind: 'broken'; readonly name: string; readonly reason: string };

/** Everything that a plan is made of. */
export interface BootFacts {
  /** `default` first, then in byte order. */
  readonly findings: readonly Finding[];
  /** Whether every directory of the volume could be looked at; if not, no slot counts as an orphan. */
  readonly complete: boolean;
  /** Profiles that have a slot in the scandir. */
  readonly slots: ReadonlySet<ProfileName>;
  /** Profiles that are wanted up from their first boot on. */
  readonly seeds: ReadonlyMap<ProfileName, SeedOrigin>;
  /** The profile that the container's command keeps out of supervision for this boot. */
  readonly unsupervised: ProfileName | null;
}

/** What is done about one directory of the volume, and what is said about it. */
export interface Step {
  readonly profile: string;
  readonly priorState: string | null;
  readonly action: BootAction;
  readonly reason: string | null;
  /** The slot to build or bring up to date; null: none. */
  readonly slot: { readonly name: ProfileName; readonly fresh: boolean; readonly down: boolean } | null;
  readonly seed: SeedOrigin | null;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Profiles that are gone from the volume and still have a slot. */
  readonly orphans: readonly ProfileName[];
}

function stepFor(finding: Finding, facts: BootFacts): Step {
  const { name: profile } = finding;
  switch (finding.kind) {
    case 'reserved':
      return { profile, priorState: null, action: 'skipped', reason: 'reserved', slot: null, seed: null };
    case 'broken':
      return { profile, priorState: null, action: 'failed', reason: finding.reason, slot: null, seed: null };
    case 'profile': {
      const { name, priorState } = finding;
      const unsupervised = facts.unsupervised === name;
      const seed = unsupervised || finding.state !== 'missing' ? null : (facts.seeds.get(name) ?? null);
      const up = !unsupervised && (seed !== null || finding.desired === 'running');
      const reason = unsupervised
        ? 'no-supervise'
        : finding.state === 'unreadable'
          ? 'state-unreadable'
          : finding.remark;
      const slot = { name, fresh: !facts.slots.has(name), down: !up };
      return { profile, priorState, action: up ? 'started' : 'registered', reason, slot, seed };
    }
  }
}

/** Decides what a boot pass does: pure, so that a dry run shows the very plan that would be carried out. */
export function plan(facts: BootFacts): Plan {
  const known = new Set<string>(facts.findings.map((finding) => finding.name));
  return {
    steps: facts.findings.map((finding) => stepFor(finding, facts)),
    orphans: facts.complete ? [...facts.slots].filter((name) => !known.has(name)) : [],
  };
}
