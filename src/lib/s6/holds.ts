import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until it is so, for at most `limitMs`: s6 has no event for a supervisor that comes or goes. */
export async function holds(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (let pauseMs = 2; !isSo(); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > end) return false;
    await sleep(pauseMs);
  }
  return true;
}
