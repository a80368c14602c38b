import { join } from 'node:path';
import { runSync } from '../process.ts';
import { commandError } from './tools.ts';

const limitMs = 10_000;

/**
 * Whether somebody, in whatever container, holds the lock of a file, by the program that gateways take it with; it is
 * taken for a moment when nobody does. Throws S6CommandError.
 */
export function isLocked(binDir: string, path: string): boolean {
  const result = runSync(join(binDir, 's6-setlock'), ['-n', path, '/bin/true'], { timeoutMs: limitMs });
  if (result.exitCode === 0) return false;
  // s6-setlock(8): 1 = taken.
  if (result.exitCode === 1) return true;
  throw commandError(result, 's6-setlock', null);
}
