import type { S6ServiceManager } from '../s6/manager.ts';
import type { Death } from '../s6/tai64.ts';
import type { ServiceStatus } from '../s6/status.ts';
import type { Job } from './job.ts';
import { gatewayHolder, readLocks } from './orphan.ts';

/** What is true of one gateway at one moment. */
export interface Sight {
  /** Null: it has no slot or no supervisor. */
  readonly status: ServiceStatus | null;
  readonly deaths: readonly Date[];
  readonly lastDeath: Death | null;
  /** A living gateway of this home that nobody supervises. */
  readonly orphan: number | null;
}

/** Looks at many gateways at once; the error in a gateway's place is why s6 could not be asked about it. */
export async function look(
  manager: S6ServiceManager,
  jobs: readonly Pick<Job, 'service' | 'home'>[],
): Promise<Map<string, Sight | Error>> {
  const before = readLocks();
  const surveyed = await manager.survey(jobs.map(({ service }) => service));
  const after = readLocks();
  return new Map(
    jobs.map(({ service, home }) => {
      const { status = null, deaths = [], lastDeath = null, error = null } = surveyed.get(service) ?? {};
      if (error !== null) return [service, error];
      // Only who held the lock before and after s6 was asked cannot be the process that s6 has just started.
      const holder = gatewayHolder(home, before);
      const orphan =
        holder !== null && holder !== status?.pid && holder === gatewayHolder(home, after) ? holder : null;
      return [service, { status, deaths, lastDeath, orphan }];
    }),
  );
}
