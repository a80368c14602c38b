import type { GatewayStatus } from './status.ts';
import { backoffWords } from './words.ts';

/** Why a gateway is not healthy, in one line; null: it is. One that is not wanted up may be down in peace. */
export function illness(status: GatewayStatus, now: Date): string | null {
  const { profile, wanted, state, drift } = status;
  if (state === 'ready' || state === 'up') return null;
  // Where nobody knows what is wanted, what differs from every wish is no health.
  if (wanted === 'down' || (wanted === null && drift === null)) return null;
  if (state === 'backoff') return `${profile} is in backoff: ${backoffWords(status, now)}`;
  return `${profile} is ${state}${drift === null ? '' : `: ${drift}`}`;
}
