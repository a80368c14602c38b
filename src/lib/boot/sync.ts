import { nobodyScans } from '../gateway/attempt.ts';
import { assertManaged } from '../gateway/job.ts';
import { appendJournal, type JournalFacts } from '../gateway/journal.ts';
import { siteManager } from '../gateway/registry.ts';
import type { Site } from '../site.ts';
import { type BootReport, reconcile } from './reconcile.ts';

/**
 * A boot pass on a live tree, for whoever changed the volume by hand; what it changed is in the journal. Throws
 * `Failure` as `reconcile` does, and 69 where nobody scans.
 */
export async function sync(site: Site, options: Parameters<typeof reconcile>[1]): Promise<BootReport> {
  assertManaged(site);
  if (!(await siteManager(site).listening())) throw nobodyScans(site.scandir);
  const begunMs = performance.now();
  const report = await reconcile(site, options);
  const facts = options.dryRun ? [] : entries(report, (performance.now() - begunMs) / 1000);
  const trouble = facts.length === 0 ? null : appendJournal(site, ...facts);
  return trouble === null ? report : { ...report, warnings: [...report.warnings, trouble] };
}

function entries({ steps, retired, changed }: BootReport, seconds: number): JournalFacts[] {
  const rest = { seconds, pid: null };
  const synced = steps
    .filter(({ profile, action }) => action === 'failed' || changed.some((name) => name === profile))
    .map(({ profile, action, reason }): JournalFacts => {
      const failed = action === 'failed';
      const [outcome, error] = failed ? ['failed', reason] : ['done', null];
      return { profile, action: 'sync', reason: failed ? null : action, outcome, error, ...rest };
    });
  const gone = retired.map((profile): JournalFacts => {
    const reason = 'boot sync: there is no such profile';
    return { profile, action: 'retire', reason, outcome: 'done', error: null, ...rest };
  });
  return [...synced, ...gone];
}
