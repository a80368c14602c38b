// TAI64 counts from 2^62; TAI has been 37 s ahead of UTC since 2017, and skalibs knows these leap seconds.
const epoch = 2n ** 62n + 37n;

/** The moment that a TAI64N label (`@` and 24 hexadecimal digits) names; throws RangeError for any other text. */
export function parseTai64n(text: string): Date {
  const [, seconds, nanoseconds] = /^@([0-9a-f]{16})([0-9a-f]{8})$/.exec(text) ?? [];
  if (seconds === undefined || nanoseconds === undefined) throw new RangeError(`not a TAI64N label: ${text}`);
  return new Date(
    Number(BigInt(`0x${seconds}`) - epoch) * 1000 + Math.floor(Number(`0x${nanoseconds}`) / 1e6),
  );
}

/** The label of a moment, as s6-log names the files that it puts away. */
export function tai64n(at: Date): string {
  const seconds = BigInt(Math.floor(at.getTime() / 1000)) + epoch;
  const nanoseconds = (at.getTime() % 1000) * 1e6;
  return `@${seconds.toString(16).padStart(16, '0')}${nanoseconds.toString(16).padStart(8, '0')}`;
}

/** One end of a supervised process. */
export interface Death {
  readonly at: Date;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A death tally as `s6-svdt` prints it, oldest first; lines of another form are passed over. */
export function parseTally(tally: string): Death[] {
  return [...tally.matchAll(/^(@[0-9a-f]{24})(?: exitcode (\d+)| signal (\w+))?/gm)]
    .map(([, label = '', code, signal]) => ({
      at: parseTai64n(label),
      exitCode: code === undefined ? null : Number(code),
      signal: signal ?? null,
    }))
    .sort((a, b) => +a.at - +b.at);
}

/**
 * The moments of the deaths that nobody asked for. A SIGTERM (143 when it is heeded) was asked for, and so is however the
 * first process ended after `restartedAt`, the operator's word that was to end it.
 */
export function unaskedDeaths(tally: readonly Death[], restartedAt: Date | null = null): Date[] {
  const ordered = restartedAt === null ? undefined : tally.find(({ at }) => at >= restartedAt);
  return tally
    .filter((death) => death !== ordered && death.exitCode !== 143 && death.signal !== 'SIGTERM')
    .map(({ at }) => at);
}
