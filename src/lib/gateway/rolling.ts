import { type ProfileName, serviceName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import { isInside } from './ancestry.ts';
import { transitionAll } from './lifecycle.ts';
import { siteManager } from './registry.ts';
import type { Transition, TransitionOptions } from './transition.ts';

export interface RollingOptions extends TransitionOptions {
  /** How many may be between their old and their new process at once. */
  readonly maxUnavailable: number;
  /** Hears each result as it comes. */
  readonly announce: (transition: Transition) => void;
}

export interface Rolling {
  readonly results: readonly Transition[];
  /** Those whose turn never came, because one before them did not come back or the waiting was ended. */
  readonly untouched: readonly ProfileName[];
}

/** Restarts gateways one after another, each begun when one before it is ready again; the first failure is the last begun. */
export async function restartRolling(
  site: Site,
  profiles: readonly ProfileName[],
  options: RollingOptions,
): Promise<Rolling> {
  const waiting = await ownLast(site, profiles);
  const results: Transition[] = [];
  const goesOn = (): boolean =>
    options.signal?.aborted !== true && results.every(({ error }) => error === null);
  const takeTurns = async (): Promise<void> => {
    for (let next; goesOn() && (next = waiting.shift()) !== undefined;) {
      const done = await transitionAll(site, 'restart', [next], options);
      results.push(...done);
      done.forEach(options.announce);
    }
  };
  await Promise.all(Array.from({ length: options.maxUnavailable }, takeTurns));
  return { results, untouched: waiting };
}

/** The gateway that this command runs inside would take the command along: its turn is the last. */
async function ownLast(site: Site, profiles: readonly ProfileName[]): Promise<ProfileName[]> {
  const seen = await siteManager(site).survey(profiles.map(serviceName), { deaths: false });
  const isOwn = (profile: ProfileName): boolean => {
    const pid = seen.get(serviceName(profile))?.status?.pid ?? null;
    return pid !== null && isInside(pid);
  };
  return [...profiles.filter((profile) => !isOwn(profile)), ...profiles.filter(isOwn)];
}
