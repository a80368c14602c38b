import type { S6ServiceManager } from '../s6/manager.ts';
import type { S6CommandError } from '../s6/errors.ts';
import type { Death } from '../s6/tai64.ts';
import type { ServiceStatus } from '../s6/status.ts';
import type { Surveyed } from '../s6/survey.ts';
import type { Job } from './job.ts';
import { gatewayHolder, type LockTable, readLocks } from './orphan.ts';

/** What is true of one gateway at one moment. */
export interface Sight {
  /** Null: it has no slot or no supervisor. */
  readonly status: ServiceStatus | null;
  readonly deaths: readonly Date[];
  readonly lastDeath: Death | null;
  /** A living gateway of this home that nobody supervises. */
  readonly orphan: number | null;
  /** Why s6 could not be asked; null: it was. */
  readonly error: S6CommandError | null;
}

export interface LookOptions {
  /** false: without the death tallies, which cost a process each. */
  readonly deaths?: boolean;
  /** The table of kernel locks, where the caller has begun to read it. */
  readonly locks?: Promise<LockTable>;
}

/** Looks at many gateways at once. */
export async function look(
  manager: S6ServiceManager,
  jobs: readonly Pick<Job, 'service' | 'home'>[],
  options: LookOptions = {},
): Promise<(service: string) => Sight> {
  const services = jobs.map(({ service }) => service);
  const surveyed = await manager.survey(services, options);
  // Who is ready holds the lock of its home itself, and so does whoever is up and has never died: s6-setlock would have
  // ended it at once. The others are worth the question, which costs 5 to 16 ms: a reader of /proc/locks waits until no
  // processor is at work on a lock (measured, Linux 6.18).
  const unproven = jobs.filter(({ service }) => {
    const { status, lastDeath } = surveyed.get(service) ?? {};
    return status?.ready !== true && !(options.deaths !== false && status?.up === true && lastDeath === null);
  });
  const orphans = await findOrphans(manager, unproven, surveyed, options.locks);
  return (service) => {
    const { status = null, deaths = [], lastDeath = null, error = null } = surveyed.get(service) ?? {};
    return { status, deaths, lastDeath, orphan: orphans.get(service) ?? null, error };
  };
}

/** Who holds the `gateway.lock` of a home and is not the process that s6 supervises there, by service. */
async function findOrphans(
  manager: S6ServiceManager,
  jobs: readonly Pick<Job, 'service' | 'home'>[],
  surveyed: ReadonlyMap<string, Surveyed>,
  begun?: Promise<LockTable>,
): Promise<ReadonlyMap<string, number>> {
  if (jobs.length === 0) return new Map();
  const locks = await (begun ?? readLocks());
  const held = jobs.flatMap(({ service, home }) => {
    const pid = gatewayHolder(home, locks);
    return pid === null || pid === surveyed.get(service)?.status?.pid ? [] : [{ service, home, pid }];
  });
  if (held.length === 0) return new Map();
  // Only who still holds the lock after s6 was asked again cannot be the process that s6 has just started.
  const again = await manager.survey(
    held.map(({ service }) => service),
    { deaths: false },
  );
  const after = readLocks();
  const steady = held.filter(
    ({ service, home, pid }) => gatewayHolder(home, after) === pid && again.get(service)?.status?.pid !== pid,
  );
  return new Map(steady.map(({ service, pid }) => [service, pid]));
}
