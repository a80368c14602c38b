import type { S6ServiceManager } from '../s6/manager.ts';
import type { S6CommandError } from '../s6/errors.ts';
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
  /** Why s6 could not be asked; null: it was. */
  readonly error: S6CommandError | null;
}

/** Looks at many gateways at once; `deaths: false` leaves the death tallies out, which cost a process each. */
export async function look(
  manager: S6ServiceManager,
  jobs: readonly Pick<Job, 'service' | 'home'>[],
  options: { readonly deaths?: boolean } = {},
): Promise<(service: string) => Sight> {
  const before = readLocks();
  const surveyed = await manager.survey(
    jobs.map(({ service }) => service),
    options,
  );
  const after = readLocks();
  const sights = new Map(
    jobs.map(({ service, home }): [string, Sight] => {
      const { status = null, deaths = [], lastDeath = null, error = null } = surveyed.get(service) ?? {};
      // Only who held the lock before and after s6 was asked cannot be the process that s6 has just started.
      const holder = gatewayHolder(home, before);
      const steady = holder === gatewayHolder(home, after) && holder !== status?.pid;
      return [service, { status, deaths, lastDeath, orphan: steady ? holder : null, error }];
    }),
  );
  return (service) => sights.get(service) ?? nothing;
}

const nothing: Sight = { status: null, deaths: [], lastDeath: null, orphan: null, error: null };
