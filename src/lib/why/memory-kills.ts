import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How often the kernel has killed a process for lack of memory; it counts, and tells neither when nor whom. */
export interface MemoryKills {
  /** In the control group (container) that we are in, since it was made; null: the kernel does not tell. */
  readonly here: number | null;
  /** On the whole machine since its boot; null: the kernel does not tell. */
  readonly machine: number | null;
}

/** Reads the counters: memory.events of our control group (v2), /proc/vmstat. What cannot be read is not known. */
export function memoryKills({ proc = '/proc', cgroups = '/sys/fs/cgroup' } = {}): MemoryKills {
  const group = /^0::(.*)$/m.exec(read(join(proc, 'self/cgroup')))?.[1];
  return {
    here: group === undefined ? null : count(read(join(cgroups, group, 'memory.events'))),
    machine: count(read(join(proc, 'vmstat'))),
  };
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
