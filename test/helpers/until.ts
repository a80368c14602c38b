import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 25;

/**
 * Asks until the answer is truthy and returns it; an error while asking counts as "not yet".
 * Rejects after `limitMs` with the label and the last answer or error: generous, because CI machines stall.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  label: string,
  limitMs = 30_000,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const end = performance.now() + limitMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, false | null | undefined | 0 | ''>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`waited ${limitMs} ms in vain for: ${label}; last: ${String(last)}`, { cause: last });
    await delay(pollMs);
  }
}
