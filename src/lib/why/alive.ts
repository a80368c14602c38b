import { span } from '../gateway/words.ts';
import type { Case, Verdict } from './case.ts';
import { command, endWords, when, wishWords } from './phrases.ts';

/** It is up: what brought it there, and who wanted that. */
export function running(facts: Case): Verdict {
  const { profile, status, wish, stateTrouble, stateHint, now } = facts;
  const since = status.since === null ? now : new Date(status.since);
  const pid = status.pid === null ? '' : `pid ${status.pid}, `;
  const is = `${profile} is ${status.state} (${pid}for ${span(now.getTime() - since.getTime())})`;
  const [start, stop] = [command('start', facts), command('stop', facts)];
  if (stateTrouble !== null)
    return {
      why: `${is}, and nobody knows what is wanted of it: gateway_state.json cannot be used (${stateTrouble}).`,
      next: stateHint ?? `Keep it with ${start}, or end it with ${stop}.`,
    };
  if (wish.state !== 'up')
    return {
      why: `${is}, though ${wishWords(facts)}.`,
      next: `Keep it with ${start}, or end it with ${stop}.`,
    };
  const why = `${is}: ${causeOfRun(facts, since)}.`;
  if (status.drift !== null)
    return {
      why: `${why} It would not come up again by itself: its slot has a "down" file.`,
      next: `Type ${start}.`,
    };
  if (status.state === 'starting') return { why, next: `Wait for it: ${command('logs --follow', facts)}.` };
  if (status.deaths > 0)
    return { why, next: `See what it said before: ${command('logs --previous', facts)}.` };
  return { why, next: 'Nothing needs to be typed.' };
}

/** What brought up the process that runs now. */
function causeOfRun(facts: Case, since: Date): string {
  const { now, memory, events } = facts;
  const cause = events.findLast(
    (event) =>
      event.at <= since &&
      (event.kind !== 'boot' || event.action === 'started') &&
      (event.kind !== 'death' || !event.asked),
  );
  if (cause?.kind === 'death')
    return `${wishWords(facts)}. It ended by itself at ${when(cause.at, now)}, and s6 started it again: ${endWords(cause, memory)}`;
  const boot =
    cause?.kind === 'boot' ? `the boot pass at ${when(cause.at, now)} brought it up, because ` : '';
  return `${boot}${wishWords(facts)}`;
}

/** It is on its way down. */
export function stopping(facts: Case): Verdict {
  const { profile, wish } = facts;
  const is = `${profile} is stopping`;
  if (wish.state === 'up')
    return {
      why: `${is}, but ${wishWords(facts)}: somebody told s6 and not hermes.`,
      next: `Type ${command('start', facts)}.`,
    };
  return { why: `${is}: ${wishWords(facts)}.`, next: `Look again with ${command('status', facts)}.` };
}
