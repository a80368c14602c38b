import type { BootEvent, CommandEvent, DeathEvent, Event } from './event.ts';

const stampMs = 1_000;

/** The wish that a command leaves behind; null: it says nothing about that. */
function wishAfter(event: Event): 'running' | 'stopped' | null {
  const action = event.kind === 'command' ? event.entry.action : null;
  if (action === 'stop') return 'stopped';
  return action === 'start' || action === 'restart' ? 'running' : null;
}

/**
 * All events, oldest first. The stamp of a boot pass has whole seconds: within its second it comes after the last
 * command whose wish is what it found, else first.
 */
export function inOrder(
  boots: readonly BootEvent[],
  others: readonly (CommandEvent | DeathEvent)[],
): Event[] {
  const events: Event[] = [...others].sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const boot of boots) {
    const [from, to] = [boot.at.getTime(), boot.at.getTime() + stampMs];
    const first = events.findIndex(({ at }) => at.getTime() >= from);
    const found = events.findLastIndex(
      (event) =>
        event.at.getTime() >= from && event.at.getTime() < to && wishAfter(event) === boot.priorState,
    );
    let place = found >= 0 ? found + 1 : first >= 0 ? first : events.length;
    while (events[place]?.kind === 'boot') place += 1;
    events.splice(place, 0, boot);
  }
  return events;
}
