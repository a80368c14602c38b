import { join } from 'node:path';
import { runSync } from '../process.ts';

/** What it makes room for: its own default is below what one home may hold. */
const mostServices = '20000';
const probeLimitMs = 5_000;
/** s6's exit code for wrong usage. */
const wrongUsage = 100;

/**
 * The command line of an s6-svscan that makes room for a home. 2.11 knows the limit as `-c` alone; 2.13.1 dies of a
 * large one under that name, which 2.15.1 has no more (measured). Asked to scan what is no directory, it does nothing.
 */
export function svscanWords(
  binDir: string,
  scandir: string,
  options: readonly string[] = [],
): [string, ...string[]] {
  const file = join(binDir, 's6-svscan');
  const probe = runSync(file, ['-C', mostServices, '/dev/null'], { timeoutMs: probeLimitMs });
  const limit = probe.exitCode === wrongUsage ? '-c' : '-C';
  return [file, limit, mostServices, ...options, scandir];
}
