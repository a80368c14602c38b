import { Failure } from '../failure.ts';
import { withLock } from '../files/lock.ts';
import { profileHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { lifecycleLockPath } from '../profile/paths.ts';
import { profileExists, whileThere } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { appendJournal } from './journal.ts';
import { unknownGateway } from './registry.ts';
import { gatewayStatus, type GatewayStatus } from './status.ts';

/** What came of a command that neither starts nor stops, for one gateway. */
export interface Errand<T> {
  readonly profile: ProfileName;
  /** Null: it failed. */
  readonly done: T | null;
  readonly error: Failure | null;
  readonly seconds: number;
  /** What the operator should know besides. */
  readonly note: string | null;
}

/** What is to be done, and why: as the journal tells it. */
export interface Order {
  readonly action: string;
  readonly reason: string | null;
}

/** What every errand tells the journal. */
export interface Done {
  readonly outcome: string;
  readonly pid: number | null;
}

const lockLimitMs = 30_000;

/** What is done to one gateway: all of it, or what is left to wait for when the lock has been given back. */
type Act<T> = (seen: GatewayStatus, home: string) => Promise<T | (() => Promise<T>)>;

/**
 * Does something to gateways side by side, each under its lifecycle lock and on what it is seen to be there, and
 * writes it to the journal. A Failure is a result, never thrown.
 */
export async function runErrands<T extends Done>(
  site: Site,
  order: Order,
  profiles: readonly ProfileName[],
  errand: Act<T>,
): Promise<Errand<T>[]> {
  const errands = await Promise.all(profiles.map((profile) => runOne(site, profile, errand)));
  // A name that means nothing here is a typo, not a thing that happened to a gateway.
  const happened = errands.filter(({ profile }) => profileExists(site.root, profile));
  const facts = happened.map(({ profile, done, error, seconds }) => {
    const outcome = done?.outcome ?? failedAs(error);
    return {
      profile,
      ...order,
      outcome,
      seconds,
      pid: done?.pid ?? null,
      error: error?.message ?? null,
    };
  });
  const note = facts.length === 0 ? null : appendJournal(site, ...facts);
  return errands.map((result, index) => (index === 0 ? { ...result, note } : result));
}

/** How an errand that failed ended, in the word of a transition. */
export function failedAs(error: Failure | null): 'timeout' | 'failed' {
  return error?.exit === 75 ? 'timeout' : 'failed';
}

async function runOne<T extends Done>(site: Site, profile: ProfileName, errand: Act<T>): Promise<Errand<T>> {
  const begunMs = performance.now();
  const ended = (done: T | null, error: Failure | null): Errand<T> => {
    const seconds = Math.round(performance.now() - begunMs) / 1000;
    return { profile, done, error, seconds, note: null };
  };
  const home = profileHome(site.root, profile);
  try {
    if (!profileExists(site.root, profile)) throw unknownGateway(site, profile);
    const act = async (): Promise<T | (() => Promise<T>)> => {
      const [seen] = await gatewayStatus(site, [profile]);
      if (seen === undefined || seen.state === 'missing') throw noSlot(profile);
      return errand(seen, home);
    };
    const done = await whileThere(site.root, profile, () =>
      withLock(lifecycleLockPath(home), { timeoutMs: lockLimitMs }, act),
    );
    return ended(typeof done === 'function' ? await done() : done, null);
  } catch (error) {
    if (error instanceof Failure) return ended(null, error);
    throw error;
  }
}

function noSlot(profile: ProfileName): Failure {
  return new Failure(`${profile} has no slot`, {
    code: 'GATEWAY_NOT_REGISTERED',
    exit: 4,
    hint: `"hermes gateway start -p ${profile}" makes one and starts it.`,
  });
}
