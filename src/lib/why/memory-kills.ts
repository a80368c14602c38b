import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How often the kernel has killed a process for lack of memory; it counts, and tells neither when nor whom. */
export interface MemoryKills {
  /** In the control group (container) that we are in, since it was made; null: the kernel does not tell. */
  readonly here: number | null;
  /** On the whole machine since its boot; null: the kernel does not tell. */
  readonly machine: number | null;
}

/** Reads the counters of our control group (v2, else v1) and of the machine. What cannot be read is not known. */
export function memoryKills({ proc = '/proc', cgroups = '/sys/fs/cgroup' } = {}): MemoryKills {
  const groups = read(join(proc, 'self/cgroup'));
  const v2 = /^0::(.*)$/m.exec(groups)?.[1] ?? '';
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1] ?? '';
  // A container on v1 is told the machine's path of its group, and sees that group as the root.
  const files = [`${v2}/memory.events`, `memory/${v1}/memory.oom_control`, 'memory/memory.oom_control'];
  const counts = files.map((file) => count(read(join(cgroups, file))));
  return { here: counts.find((kills) => kills !== null) ?? null, machine: count(read(join(proc, 'vmstat'))) };
}

function count(text: string): number | null {
  const kills = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return kills === undefined ? null : Number(kills);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
