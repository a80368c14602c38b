import type { ProfileName } from '../profile/name.ts';

/** The checks, in the order in which they are told. */
export type CheckName =
  | 'manager'
  | 'programs'
  | 'scandir'
  | 'owner'
  | 'volume'
  | 'files'
  | 'slots'
  | 'leftovers'
  | 'locks'
  | 'logs'
  | 'collisions'
  | 'environment';

/** One thing that is not as it should be. */
export interface Finding {
  /** A warning is often meant so, and is no reason to fail. */
  readonly level: 'problem' | 'warning';
  readonly profile: ProfileName | null;
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  readonly evidence: string;
  /** One command that ends it; null: there is none. */
  readonly fix: string | null;
  /** Does it, where nothing can be lost by it; null: that is the operator's to decide. */
  readonly mend: (() => void | Promise<void>) | null;
}

/** What one check saw: its evidence where all is well, and what is not. */
export interface Examined {
  readonly evidence: string;
  readonly findings: readonly Finding[];
}

/** A finding with the usual values filled in: a problem of no profile, for the operator to end. */
export function finding(facts: Pick<Finding, 'what' | 'evidence' | 'fix'> & Partial<Finding>): Finding {
  return { level: 'problem', profile: null, mend: null, ...facts };
}

/** The command for findings that `mend` ends. */
export const fixByDoctor = 'hermes doctor --fix';
