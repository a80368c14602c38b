import type { Death } from '../s6/tai64.ts';
import type { CommandEvent } from './event.ts';

/**
 * Whether a command of ours ended a process. The first end after a stop is the stop's; a restart's is told by how it
 * ended, because the gateway may also have died on its own while the restart waited.
 */
export function isAsked(death: Death, before: Death | null, commands: readonly CommandEvent[]): boolean {
  const last = commands.findLast(({ at }) => at <= death.at);
  if (last === undefined || (before !== null && before.at >= last.at)) return false;
  const { action, at } = last.entry;
  if (action === 'stop') return true;
  if (action !== 'restart') return false;
  if (death.exitCode === 143 || death.signal === 'SIGTERM') return true;
  return death.at <= new Date(at) && (death.signal === 'SIGKILL' || death.exitCode === 0);
}
