import type { Case, Verdict } from './case.ts';
import { command, endWords, lastDeath, order, when, wishWords } from './phrases.ts';

/** It is down, and not wanted up. */
export function down(facts: Case): Verdict {
  const { profile, wish, events, stateTrouble, stateHint, now, exitReason } = facts;
  const next = `Type ${command('start', facts)} to have it up.`;
  if (stateTrouble !== null)
    return {
      why: `${profile} is down, because nobody knows what is wanted of it: gateway_state.json cannot be used (${stateTrouble}).`,
      next: stateHint ?? next,
    };
  if (wish.state === 'down') {
    const boot = events.findLast(({ kind }) => kind === 'boot');
    const stop = order(facts);
    const kept =
      boot !== undefined &&
      (stop === null
        ? wish.at !== null && boot.at > new Date(wish.at)
        : events.indexOf(boot) > events.indexOf(stop));
    const after = kept ? `, and the boot pass at ${when(boot.at, now)} left it so` : '';
    return { why: `${profile} is down: ${wishWords(facts)}${after}.`, next };
  }
  const ended = exitReason === null ? '' : ` It last ended with: ${exitReason}.`;
  const tried = events.some(
    (event) =>
      event.kind === 'death' ||
      (event.kind === 'command' && !['create', 'sync'].includes(event.entry.action)),
  );
  const why =
    tried || ended !== ''
      ? `${profile} is down, and nobody has said that it is wanted up.${ended}`
      : `${profile} is down, because it was never started.`;
  return { why, next };
}

/** It is down, though it is wanted up. */
export function downAgainstWish(facts: Case): Verdict {
  const { profile, events, memory, now } = facts;
  const next = `Type ${command('start', facts)}.`;
  const is = `${profile} is down, though ${wishWords(facts)}`;
  const last = events.at(-1);
  if (last?.kind === 'boot' && last.reason === 'no-supervise')
    return {
      why: `${is}: the boot pass at ${when(last.at, now)} left it to the container's own command.`,
      next: `See what that says: "hermes gateway logs -p ${profile}".`,
    };
  const death = lastDeath(facts);
  if (death !== null)
    return {
      why: `${is}: somebody told s6, not hermes, to keep it down. It ended at ${when(death.at, now)}: ${endWords(death, memory)}.`,
      next,
    };
  return { why: `${is}: it has not been started since its slot was made.`, next };
}

/** s6 does not know it. */
export function withoutSlot(facts: Case): Verdict {
  const { profile, events, wish, now } = facts;
  const boot = events.findLast((event) => event.kind === 'boot');
  const next =
    wish.state === 'up'
      ? `Type ${command('start', facts)} to make one and start it.`
      : 'Type "hermes boot sync" to make one.';
  const is = `${profile} has no slot, so s6 does not know it`;
  if (boot === undefined) return { why: `${is}: no boot pass has seen it.`, next };
  const how = boot.reason === null ? '' : ` (${boot.reason})`;
  return {
    why: `${is}: the last boot pass, at ${when(boot.at, now)}, said "${boot.action}"${how}, and the slot is gone or was never made.`,
    next,
  };
}

/** s6 does not watch it. */
export function unsupervised(facts: Case): Verdict {
  const { profile, status, wish } = facts;
  if (status.pid === null)
    return {
      why: `${profile} has a slot that nobody supervises.`,
      next: wish.state === 'up' ? `Type ${command('start', facts)}.` : 'Type "hermes boot reconcile".',
    };
  const verb = wish.state === 'up' ? 'restart' : 'stop';
  return {
    why: `pid ${status.pid} is the gateway of ${profile}, but nobody supervises it here: its supervisor was killed, it was started by hand, or it belongs to another scandir.`,
    next: `Type ${command(verb, facts)}.`,
  };
}
