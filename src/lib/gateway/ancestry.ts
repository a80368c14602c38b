import { parentOf } from './proc-stat.ts';

/** Whom a process descends from, nearest first: to PID 1, or to the first whose parent is outside this PID namespace. */
export function* ancestorsOf(pid: number): Generator<number> {
  for (let parent = parentOf(pid); parent !== null && parent > 0; parent = parentOf(parent)) yield parent;
}

/** Whether a process is an ancestor of this one (or this one itself): then its end would be ours. */
export function isInside(ancestor: number, from = process.pid): boolean {
  return insideTest(from)(ancestor);
}

/** The same for many processes, whose ancestors are looked up once. */
export function insideTest(from = process.pid): (ancestor: number) => boolean {
  let line: ReadonlySet<number> | undefined;
  return (ancestor) => {
    if (ancestor === from) return true;
    line ??= new Set(ancestorsOf(from));
    return ancestor > 1 && line.has(ancestor);
  };
}
