import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What one run of a program cost, with everything that it waited for. */
export interface Sample {
  readonly wallMs: number;
  /** User and system time. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** A program that takes part in a comparison. */
export interface Candidate {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that shows that it did its work; null: whichever. Default 0. */
  readonly exit?: number | null;
  /** What brings its world into the same state before each run, unmeasured. */
  readonly before?: readonly (readonly string[])[];
}

/** Not the one on the PATH, which may be a shim that costs more than Python itself. */
export const python = '/usr/bin/python3';

// Nothing of the developer's machine decides: above all no NODE_EXTRA_CA_CERTS, which costs some Nodes 45 ms a start.
const plain = { PATH: '/usr/bin:/bin', HOME: '/tmp' };

/** Runs candidates in turn, so that a change of the machine's load meets all of them; samples under their names. */
export function alternate<Name extends string>(
  candidates: Readonly<Record<Name, Candidate>>,
  runs: number,
): Record<Name, Sample[]> {
  const named = Object.entries<Candidate>(candidates);
  const commands = named.map(([, { argv, env = {}, exit = 0, before = [] }]) => ({
    argv,
    env: { ...plain, ...env },
    exit,
    before,
  }));
  const said = execFileSync(python, ['-I', join(import.meta.dirname, 'measure.py')], {
    input: JSON.stringify({ runs, commands }),
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  const samples = JSON.parse(said) as Sample[][];
  return Object.fromEntries(named.map(([name], index) => [name, samples[index]])) as Record<Name, Sample[]>;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
