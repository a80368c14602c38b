import type { S6ServiceManager } from '../s6/manager.ts';
import type { S6CommandError } from '../s6/errors.ts';
import { type Death, unaskedDeaths } from '../s6/tai64.ts';
import type { ServiceStatus } from '../s6/status.ts';
import type { Surveyed } from '../s6/survey.ts';
import type { Job } from './job.ts';
import { isAlive } from './proc-stat.ts';
import { readState, restartedAt } from './state.ts';
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
  /** What s6 said a moment ago: whose process still runs need not be asked about again. */
  readonly known?: ReadonlyMap<string, Surveyed> | undefined;
}

type Place = Pick<Job, 'service' | 'home'>;

/** Looks at many gateways at once. */
export async function look(
  manager: S6ServiceManager,
  jobs: readonly Place[],
  options: LookOptions = {},
): Promise<(service: string) => Sight> {
  const seen = await glance(manager, jobs, options);
  // Whoever is up and has never died holds the lock of its home itself: s6-setlock would have ended it at once.
  const isProven = ({ status, lastDeath }: Sight): boolean =>
    options.deaths !== false && status?.up === true && lastDeath === null;
  const unproven = jobs.filter(({ service }) => !isProven(seen(service)));
  const orphans = await findOrphans(
    manager,
    unproven.map(({ service, home }) => ({ service, home, status: seen(service).status })),
  );
  return (service) => ({ ...seen(service), orphan: orphans.get(service) ?? null });
}

/** What s6 says of many gateways, without a look at who else may hold their homes. */
export async function glance(
  manager: S6ServiceManager,
  jobs: readonly Place[],
  options: LookOptions = {},
): Promise<(service: string) => Sight> {
  const isKnown = (service: string): boolean => {
    const pid = options.known?.get(service)?.status?.pid ?? null;
    return pid !== null && isAlive(pid, null);
  };
  const unknown = jobs.map(({ service }) => service).filter((service) => !isKnown(service));
  const asked = await manager.survey(unknown, options);
  const sights = new Map(
    jobs.map(({ service, home }) => [
      service,
      sightOf(home, asked.get(service) ?? options.known?.get(service)),
    ]),
  );
  return (service) => sights.get(service) ?? unseen;
}

/** Nothing is known of it. */
export const unseen: Sight = { status: null, deaths: [], lastDeath: null, orphan: null, error: null };

function sightOf(home: string, surveyed: Surveyed | undefined): Sight {
  if (surveyed === undefined) return unseen;
  const { status, tally, error } = surveyed;
  const restarted = tally.length === 0 ? null : restartedAt(readState(home));
  const lastDeath = tally.at(-1) ?? null;
  return { status, deaths: unaskedDeaths(tally, restarted), lastDeath, orphan: null, error };
}

/**
 * Who holds the `gateway.lock` of a home and is not the process that s6 supervises there, by service. The question costs
 * 5 to 16 ms: a reader of /proc/locks waits until no processor is at work on a lock (measured, Linux 6.18). `begun`: the
 * table, where the caller has begun to read it.
 */
export async function findOrphans(
  manager: S6ServiceManager,
  gateways: readonly (Place & Pick<Sight, 'status'>)[],
  begun?: Promise<LockTable>,
): Promise<ReadonlyMap<string, number>> {
  // Who is ready holds the lock of its home itself.
  const unproven = gateways.filter(({ status }) => status?.ready !== true);
  if (unproven.length === 0) return new Map();
  const locks = await (begun ?? readLocks());
  const held = unproven.flatMap(({ service, home, status }) => {
    const pid = gatewayHolder(home, locks);
    return pid === null || pid === status?.pid ? [] : [{ service, home, pid }];
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
