import { Failure } from './failure.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The moment that `10m`, `2h`, `3d` (ago) or an ISO 8601 time names; throws `Failure` (2) for anything else. */
export function parseMoment(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = new Date(
    count === undefined
      ? /^\d{4}-/.test(text)
        ? text
        : NaN
      : now.getTime() - Number(count) * (unitMs[unit] ?? NaN),
  );
  if (Number.isNaN(at.getTime()))
    throw new Failure(`${JSON.stringify(text)} is no moment`, {
      code: 'USAGE',
      exit: 2,
      hint: 'Give how long ago (90s, 10m, 2h, 3d) or a time like 2026-11-21T03:00:00Z.',
    });
  return at;
}
