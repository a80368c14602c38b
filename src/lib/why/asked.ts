import type { Death } from '../s6/tai64.ts';
import type { CommandEvent } from './event.ts';

/**
 * Whether a command of ours ended a process. The first end after a stop is the stop's; a start's or restart's is told by
 * how it ended, because the gateway may also have died on its own while the command waited.
 */
export function isAsked(death: Death, before: Death | null, commands: readonly CommandEvent[]): boolean {
  const index = commands.findLastIndex(({ at }) => at <= death.at);
  const last = commands[index];
  if (last === undefined || (before !== null && before.at >= last.at)) return false;
  const { action, at } = last.entry;
  if (action === 'stop') return true;
  const isMeanwhile = death.at <= new Date(at);
  const isTerm = death.exitCode === 143 || death.signal === 'SIGTERM';
  // What waits out the crash guard's pause is ended for a start, too.
  if (action === 'start') return isTerm && isMeanwhile;
  if (action !== 'restart') return false;
  if (isTerm) return true;
  // What was down before ended nothing but its own try.
  if (['stop', 'create'].includes(commands[index - 1]?.entry.action ?? '')) return false;
  return isMeanwhile && (death.signal === 'SIGKILL' || death.exitCode === 0);
}
