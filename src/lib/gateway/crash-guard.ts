const firstPauseMs = 1_000;
const longestPauseMs = 300_000;
/** A run of this length clears the gateway's record. */
const goodRunMs = 300_000;

/**
 * When the next start may serve, by the deaths (any order) since `desiredAt`, the operator's last command; null: at
 * once. Pauses double from 1 s to 5 min, and begin at 1 s again after a run of 5 min.
 */
export function nextTry(deaths: readonly Date[], desiredAt: Date | null, now: Date): Date | null {
  // A command from the future was written before the clock was set back: it tells nothing apart.
  const since = desiredAt !== null && desiredAt <= now ? desiredAt.getTime() : -Infinity;
  const counted = deaths.map((death) => death.getTime()).filter((death) => death >= since);
  if (counted.length === 0) return null;
  let pauseMs = 0;
  let last = -Infinity;
  for (const death of counted.sort((a, b) => a - b)) {
    const runMs = death - last - pauseMs;
    pauseMs = pauseMs === 0 || runMs >= goodRunMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    last = death;
  }
  // Whatever the clock did, nobody waits longer than the pause itself.
  const at = Math.min(last, now.getTime()) + pauseMs;
  return at > now.getTime() ? new Date(at) : null;
}

/** How long a start must wait from `now` on, in milliseconds. */
export function pauseMs(deaths: readonly Date[], desiredAt: Date | null, now: Date): number {
  const next = nextTry(deaths, desiredAt, now);
  return next === null ? 0 : next.getTime() - now.getTime();
}
