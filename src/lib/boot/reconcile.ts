import { siteManager, slotSite as slotSiteOf } from '../gateway/registry.ts';
import type { Site } from '../site.ts';
import type { ContainerCommand } from './container-command.ts';
import { gather } from './gather.ts';
import { Pass } from './pass.ts';
import { plan, type Step } from './plan.ts';

/** What a boot pass did, or would do. */
export interface BootReport {
  /** In order: `default` first, then in byte order. */
  readonly steps: readonly Step[];
  /** What the operator should know besides, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether everything that was to be done is done. */
  readonly complete: boolean;
}

/**
 * Rebuilds all slots from the volume and brings back exactly the gateways that are wanted up.
 * Throws S6CommandError (69) where s6 is not installed, and what the file system says of the scandir.
 */
export async function reconcile(
  site: Site,
  { command, dryRun }: { readonly command: ContainerCommand; readonly dryRun: boolean },
): Promise<BootReport> {
  if (command.role === 'dashboard') return { steps: [], warnings: [], complete: true };
  const slotSite = slotSiteOf(site);
  const manager = siteManager(site);
  const readSinceMs = Date.now();
  const facts = await gather(site, manager, slotSite, command);
  const planned = plan(facts);
  const warnings = facts.findings.flatMap((finding) =>
    finding.kind === 'profile' ? finding.troubles.map(({ sentence }) => `${finding.name}: ${sentence}`) : [],
  );
  if (facts.gap !== null) warnings.push(facts.gap);
  if (dryRun) {
    const orphans = planned.orphans.map(
      (name) => `the slot of ${name} would be retired: its profile is gone`,
    );
    return { steps: planned.steps, warnings: [...warnings, ...orphans], complete: isComplete(planned.steps) };
  }
  if (planned.steps.length === 0) return { steps: [], warnings, complete: true };
  const pass = new Pass(site, slotSite, manager, readSinceMs);
  const steps = await pass.run(planned);
  const complete = isComplete(steps) && pass.complete && facts.gap === null;
  return { steps, warnings: [...warnings, ...pass.warnings], complete };
}

function isComplete(steps: readonly Step[]): boolean {
  return steps.every(({ action }) => action !== 'failed');
}
