import { readdirSync, readFileSync } from 'node:fs';

/** The fields of /proc/PID/stat after the command name, which may hold blanks and brackets itself; null: no such process. */
function fieldsOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

// proc(5) counts from 1, and the first field after the name is the third.
const field = (fields: readonly string[] | null, number: number): string | null =>
  fields?.[number - 3] ?? null;

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** When a process started, in clock ticks since boot (field 22 of /proc/PID/stat); null when there is none. */
export function startTime(pid: number): number | null {
  return numberOf(field(fieldsOf(pid), 22));
}

/** The PID of a process's parent; null when there is no such process. */
export function parentOf(pid: number): number | null {
  return numberOf(field(fieldsOf(pid), 4));
}

/** The words that a process was started with; none when there is no such process, or it is hidden from us. */
export function argvOf(pid: number, proc = '/proc'): readonly string[] {
  try {
    const words = readFileSync(`${proc}/${pid}/cmdline`, 'utf8');
    return words === '' ? [] : words.replace(/\0$/, '').split('\0');
  } catch {
    return [];
  }
}

/** Whether that very process still runs; a zombie does not. A null start time accepts whoever has the PID. */
export function isAlive(pid: number, start: number | null): boolean {
  const fields = fieldsOf(pid);
  const state = field(fields, 3);
  if (state === null || state === 'Z' || state === 'X') return false;
  return start === null || numberOf(field(fields, 22)) === start;
}

/** Whether a process group has a member that still runs; zombies, which PID 1 may be slow to collect, do not count. */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  return readdirSync('/proc').some((entry) => {
    const fields = /^\d+$/.test(entry) ? fieldsOf(Number(entry)) : null;
    return field(fields, 5) === String(group) && !/^[ZX]$/.test(field(fields, 3) ?? 'X');
  });
}
