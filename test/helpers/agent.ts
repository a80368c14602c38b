import { chmodSync, existsSync, readFileSync, readlinkSync } from 'node:fs';
import type { TempHome } from './home.ts';

/** A program to host that witnesses against itself: it leaves its PIDs, and a note when two of it live at once. */
export interface Agent {
  /** Absolute path of the program. */
  readonly path: string;
  /** PIDs that ran it, oldest first. */
  pids(): number[];
  /** PIDs that found another one alive. */
  doubles(): number[];
  /** PIDs that are alive now. */
  alive(): number[];
}

// A killed one may need a moment until the kernel has buried it; two that serve hold on for longer than 2 s.
const script = `#!/bin/sh
exec 9>>"$0.lock"
flock -w 2 9 || echo "$$" >>"$0.doubles"
echo "$$" >>"$0.pids"
[ "$1" != notify ] || printf '\\n' >&3
exec sleep 1000000
`;

/** Writes the agent's program into the home. With the argument `notify` it says on descriptor 3 that it is ready. */
export function writeAgent(home: TempHome, name = 'agent'): Agent {
  home.write({ [name]: script });
  const path = home.file(name);
  chmodSync(path, 0o755);
  const pids = (file: string) =>
    existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
  return {
    path,
    pids: () => pids(`${path}.pids`),
    doubles: () => pids(`${path}.doubles`),
    alive: () => pids(`${path}.pids`).filter((pid) => holds(pid, `${path}.lock`)),
  };
}

/** Whether this process still has the lock file open: a PID alone may be somebody else's by now. */
function holds(pid: number, lock: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/9`) === lock;
  } catch {
    return false;
  }
}
