import { span } from '../gateway/words.ts';
import type { Case } from './case.ts';
import { type CommandEvent, type DeathEvent, deathWords, giver } from './event.ts';
import type { MemoryKills } from './memory-kills.ts';

/** A command about this gateway, to be pasted. */
export const command = (words: string, { profile }: Case): string =>
  `"hermes gateway ${words} -p ${profile}"`;

/** `2026-11-21T02:00:00Z (4m12s ago)`. */
export function when(at: Date, now: Date): string {
  return `${at.toISOString().replace(/\.\d+Z$/, 'Z')} (${span(now.getTime() - at.getTime())} ago)`;
}

/** The last command that said what is wanted, if the state file knows it too. */
export function order({ events, wish }: Case): CommandEvent | null {
  const verb = wish.state === 'down' ? ['stop'] : ['start', 'restart'];
  const isOrder = (event: Case['events'][number]): event is CommandEvent =>
    event.kind === 'command' && verb.includes(event.entry.action) && event.entry.actor.user === wish.by;
  return events.findLast(isOrder) ?? null;
}

/** Who wants it so, since when and why: `ops (docker exec) wanted it down at ..., because "lunch"`. */
export function wishWords(facts: Case): string {
  const { wish, now } = facts;
  const { state, by, at, reason } = wish;
  if (state === null) return 'nobody has said that it is wanted';
  if (by === null) return `gateway_state.json says that it is wanted ${state}, without saying by whom`;
  const given = order(facts);
  const who = given === null ? by : giver(given);
  const since = at === null ? '' : ` at ${when(new Date(at), now)}`;
  return `${who} wanted it ${state}${since}${reason === null ? '' : `, because "${reason}"`}`;
}

/** The last end that nobody asked for. */
export function lastDeath({ events }: Case): DeathEvent | null {
  const isUnasked = (event: Case['events'][number]): event is DeathEvent =>
    event.kind === 'death' && !event.asked;
  return events.findLast(isUnasked) ?? null;
}

/** How it ended, and for a SIGKILL what the kernel tells of its cause. */
export function endWords(death: DeathEvent, memory: MemoryKills): string {
  const words = deathWords(death);
  return wasKilled(death) ? `${words}; ${memoryWords(memory)}` : words;
}

/** Whether SIGKILL ended it, or the program that it hosted. */
export function wasKilled({ signal, exitCode }: DeathEvent): boolean {
  return signal === 'SIGKILL' || exitCode === 137;
}

function memoryWords({ here, machine }: MemoryKills): string {
  if (here !== null && here > 0)
    return `the kernel has killed ${times(here)} in this container for lack of memory, probably here too`;
  if (machine === 0) return 'the kernel has killed nothing for lack of memory, so somebody sent it';
  if (here === 0) return 'the kernel has killed nothing in this container for lack of memory';
  if (machine === null) return 'whether for lack of memory, the kernel does not tell';
  return `the kernel has killed ${times(machine)} on this machine for lack of memory, perhaps here too`;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
