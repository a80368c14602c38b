import { basename } from 'node:path';
import { ancestorsOf } from '../gateway/ancestry.ts';
import { argvOf, parentOf } from '../gateway/proc-stat.ts';
import type { Origin } from '../site.ts';
import { wordsOf } from './container-command.ts';

/** A process that another one descends from. */
export interface Ancestor {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** Where this process comes from, by those that it descends from. */
export function originOfThisProcess(): Origin {
  const line = [process.pid, ...ancestorsOf(process.pid)];
  const eldest = line.at(-1) ?? process.pid;
  const entered = eldest !== 1 && parentOf(eldest) === 0;
  return entered
    ? 'docker exec'
    : originOf(line.slice(1).map((pid): Ancestor => ({ pid, argv: argvOf(pid) })));
}

/** Where a process comes from that nobody brought in from outside; nearest ancestor first. */
export function originOf(ancestors: readonly Ancestor[]): Origin {
  for (const { pid, argv } of ancestors) {
    const origin = originBelow(argv, pid === 1);
    if (origin !== null) return origin;
  }
  return 'shell';
}

// s6-overlay v3 has s6-rc's runner of one-shots run its boot scripts; before it becomes s6-svscan, the entry of our
// image is the boot script.
function originBelow(argv: readonly string[], isPid1: boolean): Origin | null {
  const [program = '', service] = argv;
  if (basename(program) === 's6-supervise')
    return service === 's6rc-oneshot-runner' ? 'cont-init' : 'supervised';
  if (argv.some((word) => word.startsWith('/etc/cont-init.d/'))) return 'cont-init';
  if (isPid1 && argv.some((word) => word.endsWith('/container/init'))) return 'cont-init';
  return wordsOf(argv, isPid1) === null ? null : 'container command';
}
