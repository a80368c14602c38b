import { backoffWords } from '../gateway/words.ts';
import type { Case, Verdict } from './case.ts';
import { command, endWords, lastDeath, wasKilled, wishWords } from './phrases.ts';

/** It ends again and again. */
export function dying(facts: Case): Verdict {
  const { profile, status, wish, memory, now } = facts;
  const death = lastDeath(facts);
  const how = death === null ? '' : ` Its last end: ${endWords(death, memory)}.`;
  const why = `${profile} keeps dying: ${backoffWords(status, now)}.${how}`;
  if (wish.state === 'down')
    return { why: `${why} Yet ${wishWords(facts)}.`, next: `Type ${command('stop', facts)}.` };
  const again = `${command('restart', facts)} has it tried at once`;
  const port = portRemedy(facts, death?.said ?? null);
  if (port !== null) return { why, next: `${port} After that ${again}.` };
  if (death !== null && wasKilled(death) && (memory.here ?? 0) > 0)
    return { why, next: `Give the container more memory; after that ${again}.` };
  return {
    why,
    next: `Read what it said with ${command('logs --previous', facts)} and correct that; after that ${again}.`,
  };
}

/** It said that no further try can help. */
export function givenUp(facts: Case): Verdict {
  const death = lastDeath(facts);
  const reason = death?.said ?? facts.exitReason ?? 'its configuration cannot work';
  const why = `${facts.profile} was given up after exit 78, because no further try can help: ${reason}.`;
  const port = portRemedy(facts, reason);
  const start = command('start', facts);
  if (port === null) return { why, next: `Correct that, then type ${start}.` };
  // The remedy restarts the gateway whose port it changes.
  const isCured = facts.collision?.profiles.at(-1) === facts.profile;
  return { why, next: isCured ? port : `${port} Then type ${start}.` };
}

/** What frees a port that was taken; null: that was not the trouble. */
function portRemedy({ collision }: Case, reason: string | null): string | null {
  const port = /^port (\d+) is taken/.exec(reason ?? '')?.[1];
  if (port === undefined) return null;
  return collision === null
    ? `See who has the port with "ss -ltnp sport = :${port}", and end that or choose another gateway.port.`
    : `Type "${collision.fix}".`;
}
