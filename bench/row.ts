import { median, type Sample } from './measure.ts';

/** One line of the table. */
export interface Row {
  readonly bench: string;
  readonly what: string;
  readonly unit: 'ms' | 'MB';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  /** What it is held against, and that one's median. */
  readonly against: string;
  readonly reference: number;
  readonly ratio: number;
  /** The same of user and system time, which other people's load changes less; null where it says nothing. */
  readonly cpuRatio: number | null;
  /** In words; null: shown for what it is. */
  readonly goal: string | null;
  readonly met: boolean | null;
}

/** A goal: in words, and whether a median meets it beside that of its reference. */
export interface Goal {
  readonly words: string;
  isMet(ours: number, reference: number): boolean;
}

/** At most this many times the reference. */
export const times = (limit: number): Goal => ({
  words: `≤ ${limit} ×`,
  isMet: (ours, reference) => ours <= limit * reference,
});

/** At least this many times faster than the reference. */
export const faster = (least: number): Goal => ({
  words: `≥ ${least} × faster`,
  isMet: (ours, reference) => ours * least <= reference,
});

/** The reference and at most this much more. */
export const plus = (more: number, words: string): Goal => ({
  words: `≤ + ${words}`,
  isMet: (ours, reference) => ours <= reference + more,
});

export interface Comparison {
  readonly bench: string;
  readonly what: string;
  readonly against: string;
  readonly goal?: Goal;
}

/** The wall time of samples beside that of others. */
export function wallRow(
  { bench, what, against, goal }: Comparison,
  ours: readonly Sample[],
  others: readonly Sample[],
): Row {
  const walls = ours.map(({ wallMs }) => wallMs);
  const reference = median(others.map(({ wallMs }) => wallMs));
  return {
    ...row({ bench, what, against, ...(goal && { goal }) }, 'ms', walls, reference),
    cpuRatio: cpu(ours) / cpu(others),
  };
}

/** Numbers of any kind beside one number. */
export function row(
  { bench, what, against, goal }: Comparison,
  unit: Row['unit'],
  values: readonly number[],
  reference: number,
): Row {
  const middle = median(values);
  return {
    bench,
    what,
    unit,
    median: middle,
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
    against,
    reference,
    ratio: middle / reference,
    cpuRatio: null,
    goal: goal?.words ?? null,
    met: goal?.isMet(middle, reference) ?? null,
  };
}

/** Median of user and system time, in ms. */
export const cpu = (samples: readonly Sample[]): number => median(samples.map(({ cpuMs }) => cpuMs));
/** Median wall time, in ms. */
export const wall = (samples: readonly Sample[]): number => median(samples.map(({ wallMs }) => wallMs));
