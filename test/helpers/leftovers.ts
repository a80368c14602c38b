import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** PIDs of the processes that name this directory in their arguments or environment; never our own. */
export function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry) && Number(entry) > 1 && Number(entry) !== process.pid)
    .filter(
      (pid) => mentions(`/proc/${pid}/cmdline`, directory) || mentions(`/proc/${pid}/environ`, directory),
    )
    .map(Number);
}

function mentions(file: string, directory: string): boolean {
  try {
    return readFileSync(file).includes(directory);
  } catch {
    return false;
  }
}

/** Kills every process of a test's own directory, by exact PID, until none is left. */
export async function killProcessesOf(directory: string): Promise<void> {
  await until(() => {
    const alive = processesOf(directory);
    for (const pid of alive) kill(pid);
    return alive.length === 0;
  }, `no process of ${directory} is left`);
}

/** SIGKILL for this process alone; nothing happens when it is gone already. */
export function kill(pid: number): void {
  if (pid <= 1) throw new Error(`not a process to kill: ${pid}`);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone between the look and the signal.
  }
}
