import type { SlotConfig } from '../gateway/slot.ts';
import type { ProfileName } from '../profile/name.ts';

export type BootAction = 'started' | 'registered' | 'skipped' | 'failed';

/** Why a home without a state is given one at boot. */
export type SeedOrigin = 'legacy-container-cmd' | 'bootstrap-variable';

/** What is wrong with a profile that is restored all the same: the word for the log, the sentence for the operator. */
export interface Trouble {
  readonly reason: 'state-unreadable' | 'config-invalid' | 'not-swept';
  readonly sentence: string;
}

/** A profile as volume and scandir show it. */
export interface ProfileFinding {
  readonly kind: 'profile';
  readonly name: ProfileName;
  readonly home: string;
  readonly priorState: string | null;
  readonly desired: 'running' | 'stopped' | null;
  readonly hasState: boolean;
  readonly hasSlot: boolean;
  /** What the slot is to be rendered from; null: it has been, and nothing has changed since. */
  readonly config: SlotConfig | null;
  /** Files of an earlier container's gateway. */
  readonly stale: readonly string[];
  readonly troubles: readonly Trouble[];
}

/** What one directory of the volume turned out to be. */
export type Finding =
  | ProfileFinding
  | { readonly kind: 'reserved'; readonly name: string }
  | { readonly kind: 'broken'; readonly name: string; readonly reason: string };

/** Everything that a plan is made of. */
export interface BootFacts {
  /** `default` first, then in byte order. */
  readonly findings: readonly Finding[];
  /** Whether the whole volume could be looked at; if not, no slot counts as an orphan. */
  readonly complete: boolean;
  /** Profiles that have a slot in the scandir. */
  readonly slots: ReadonlySet<ProfileName>;
  /** Profiles that are wanted up from their first boot on. */
  readonly seeds: ReadonlyMap<ProfileName, SeedOrigin>;
  /** The profile that the container's command keeps out of supervision for this boot. */
  readonly unsupervised: ProfileName | null;
}

/** The slot to build, or to bring up to date. */
export interface PlannedSlot {
  readonly finding: ProfileFinding;
  readonly down: boolean;
  readonly seed: SeedOrigin | null;
}

/** What is done about one directory of the volume, and what is said about it. */
export interface Step {
  readonly profile: string;
  readonly priorState: string | null;
  readonly action: BootAction;
  readonly reason: string | null;
  readonly slot: PlannedSlot | null;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Profiles that are gone from the volume and still have a slot. */
  readonly orphans: readonly ProfileName[];
}

function stepForProfile(finding: ProfileFinding, facts: BootFacts): Step {
  const { name, priorState, desired, hasState, troubles } = finding;
  const unsupervised = facts.unsupervised === name;
  const seed = hasState || unsupervised ? null : (facts.seeds.get(name) ?? null);
  const up = !unsupervised && (seed !== null || desired === 'running');
  return {
    profile: name,
    priorState,
    action: up ? 'started' : 'registered',
    reason: unsupervised ? 'no-supervise' : (troubles[0]?.reason ?? null),
    slot: { finding, down: !up, seed },
  };
}

function stepFor(finding: Finding, facts: BootFacts): Step {
  const { name: profile } = finding;
  switch (finding.kind) {
    case 'reserved':
      return { profile, priorState: null, action: 'skipped', reason: 'reserved', slot: null };
    case 'broken':
      return { profile, priorState: null, action: 'failed', reason: finding.reason, slot: null };
    case 'profile':
      return stepForProfile(finding, facts);
  }
}

/** Decides what a boot pass does: pure, so that a dry run shows the very plan that would be carried out. */
export function plan(facts: BootFacts): Plan {
  const known = new Set<string>(facts.findings.map(({ name }) => name));
  return {
    steps: facts.findings.map((finding) => stepFor(finding, facts)),
    orphans: facts.complete ? [...facts.slots].filter((name) => !known.has(name)) : [],
  };
}
