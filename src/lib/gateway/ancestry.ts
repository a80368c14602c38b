import { parentOf } from './proc-stat.ts';

/** Whether a process is an ancestor of this one (or this one itself): then its end would be ours. */
export function isInside(ancestor: number, from = process.pid): boolean {
  for (let pid: number | null = from; pid !== null && pid > 1; pid = parentOf(pid))
    if (pid === ancestor) return true;
  return false;
}
