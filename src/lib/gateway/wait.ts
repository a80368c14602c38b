import { type ExitCode, Failure } from '../failure.ts';
import type { ProfileName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import type { GatewayStatus } from './status.ts';
import { watchStatus } from './watch.ts';

/** What can be waited for. */
export const goals = ['ready', 'down'] as const;
export type Goal = (typeof goals)[number];

/** How the waiting for one gateway ended. */
export interface Waiting {
  readonly status: GatewayStatus;
  readonly outcome: 'reached' | 'failed' | 'timeout' | 'interrupted';
  readonly seconds: number;
  readonly error: Failure | null;
}

/** How long it is waited. */
export interface Patience {
  readonly timeoutMs: number;
  /** Ends the waiting early. */
  readonly interrupt: AbortSignal;
}

/**
 * Waits until every one of these gateways is as asked, has failed for good, or the patience is over; throws as
 * gatewayStatus does.
 */
export async function waitFor(
  site: Site,
  profiles: readonly ProfileName[],
  goal: Goal,
  { timeoutMs, interrupt }: Patience,
): Promise<Waiting[]> {
  const begunMs = performance.now();
  const ended = new Map<ProfileName, Waiting>();
  const end = (status: GatewayStatus, outcome: Waiting['outcome']): void => {
    const seconds = Math.round(performance.now() - begunMs) / 1000;
    ended.set(status.profile, { status, outcome, seconds, error: failureOf(status, outcome, goal, seconds) });
  };
  let last: readonly GatewayStatus[] = [];
  const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), interrupt]);
  for await (last of watchStatus(site, () => profiles, over)) {
    for (const status of last.filter(({ profile }) => !ended.has(profile))) {
      if (isReached(status, goal)) end(status, 'reached');
      else if (goal === 'ready' && status.state === 'failed') end(status, 'failed');
    }
    if (ended.size === profiles.length) break;
  }
  const how = interrupt.aborted ? 'interrupted' : 'timeout';
  for (const status of last) if (!ended.has(status.profile)) end(status, how);
  return profiles.flatMap((profile) => ended.get(profile) ?? []);
}

/** Where nobody will say ready, up is all there is; a slot that is missing or given up holds nothing that runs. */
function isReached({ state, pid }: GatewayStatus, goal: Goal): boolean {
  switch (goal) {
    case 'ready':
      return state === 'ready' || state === 'up';
    case 'down':
      return ['down', 'failed', 'missing'].includes(state) && pid === null;
  }
}

function failureOf(
  { profile, state, drift }: GatewayStatus,
  outcome: Waiting['outcome'],
  goal: Goal,
  seconds: number,
): Failure | null {
  const after = `after ${seconds.toFixed(1)} s`;
  const told = (fact: string, code: string, exit: ExitCode): Failure => {
    const message = `${profile} ${fact}${drift === null ? '' : `: ${drift}`}`;
    return new Failure(message, { code, exit, retryable: outcome !== 'failed' });
  };
  switch (outcome) {
    case 'reached':
      return null;
    case 'failed':
      return told('will not come up', 'START_FAILED', 1);
    case 'timeout':
      return told(`is ${state}, not ${goal}, ${after}`, 'TIMEOUT', 75);
    case 'interrupted':
      return told(`is no longer waited for: it is ${state}, not ${goal}, ${after}`, 'INTERRUPTED', 130);
  }
}
