import { siteManager, slotSite as slotSiteOf } from '../gateway/registry.ts';
import { type ExitCode, worstExit } from '../failure.ts';
import { assertManaged } from '../gateway/job.ts';
import { beginReadingLocks, type LockTable } from '../gateway/orphan.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import type { ContainerCommand } from './container-command.ts';
import { gather } from './gather.ts';
import { Pass } from './pass.ts';
import { type BootAction, plan, type Step } from './plan.ts';

/** What a boot pass did, or would do. */
export interface BootReport {
  /** In order: `default` first, then in byte order. */
  readonly steps: readonly Step[];
  /** Profiles that are gone and whose slots are gone now, or would be. */
  readonly retired: readonly ProfileName[];
  /** Whose slot is new, or whose gateway was told to start. */
  readonly changed: readonly ProfileName[];
  /** What the operator should know besides, one sentence each. */
  readonly warnings: readonly string[];
  /** 0 when everything is done, else the worst of what went wrong. */
  readonly exit: ExitCode;
}

/**
 * Rebuilds all slots from the volume and brings back exactly the gateways that are wanted up.
 * Throws `Failure` (69) where no service manager serves or s6 is not installed, 77 when the scandir cannot be made.
 */
export async function reconcile(
  site: Site,
  { command, dryRun }: { readonly command: ContainerCommand; readonly dryRun: boolean },
): Promise<BootReport> {
  if (command.role === 'dashboard') return { steps: [], retired: [], changed: [], warnings: [], exit: 0 };
  if (!dryRun) assertManaged(site);
  const slotSite = slotSiteOf(site);
  const manager = siteManager(site);
  const readSinceMs = Date.now();
  let locks: Promise<LockTable> | undefined;
  // The kernel takes its time to tell who runs: it has it while the rest of the volume is read.
  const ask = (): void => {
    if (!dryRun) locks ??= beginReadingLocks();
  };
  const facts = await gather(site, manager.list(), slotSite, command, ask);
  const planned = plan(facts);
  const warnings = facts.findings.flatMap((finding) =>
    finding.kind === 'profile' ? finding.troubles.map(({ sentence }) => `${finding.name}: ${sentence}`) : [],
  );
  if (facts.gap !== null) warnings.push(facts.gap);
  if (dryRun) {
    const orphans = planned.orphans.map(
      (name) => `the slot of ${name} would be retired: its profile is gone`,
    );
    return {
      steps: planned.steps,
      retired: planned.orphans,
      changed: [],
      warnings: [...warnings, ...orphans],
      exit: exitOf(planned.steps),
    };
  }
  if (planned.steps.length === 0) return { steps: [], retired: [], changed: [], warnings, exit: 0 };
  const pass = new Pass(site, slotSite, manager, readSinceMs);
  const steps = await pass.run(planned, locks ?? Promise.resolve(new Map()));
  const exit = worstExit([exitOf(steps), ...pass.exits, facts.gap === null ? 0 : 1]);
  const retired = planned.orphans.filter((name) => !manager.exists(serviceName(name)));
  const { changed } = pass;
  return { steps, retired, changed, warnings: [...warnings, ...pass.warnings], exit };
}

/** One step as `--json` shows it. */
export function stepJson({ profile, priorState, action, reason }: Step): {
  profile: string;
  prior_state: string | null;
  action: BootAction;
  reason: string | null;
} {
  return { profile, prior_state: priorState, action, reason };
}

function exitOf(steps: readonly Step[]): ExitCode {
  return steps.some(({ action }) => action === 'failed') ? 1 : 0;
}
