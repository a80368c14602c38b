import { type Event, eventWords } from './lib/why/event.ts';
import { neutralised } from './lib/gateway/log-line.ts';

/** Several of the same in a row, told once. */
interface Series {
  readonly first: Event;
  readonly last: Event;
  readonly count: number;
}

const kindWidth = 'command'.length;
const stampWidth = new Date(0).toISOString().length;
const indent = ' '.repeat(4);

/** What happened, oldest first, at most `limit` entries: the same again and again is one, with the last one's log lines. */
export function timeline(events: readonly Event[], limit: number): string[] {
  const all = series(events);
  const shown = all.slice(-limit);
  const hidden = all.length - shown.length;
  const omitted =
    hidden === 0 ? [] : [`${indent}${hidden} earlier ones are not shown: --since tells how far back to go`];
  return [...omitted, ...shown.flatMap(seriesLines)];
}

function series(events: readonly Event[]): Series[] {
  const all: Series[] = [];
  for (const event of events) {
    const before = all.at(-1);
    const same = before?.last.kind === event.kind && eventWords(before.last) === eventWords(event);
    if (same) all[all.length - 1] = { first: before.first, last: event, count: before.count + 1 };
    else all.push({ first: event, last: event, count: 1 });
  }
  return all;
}

function seriesLines({ first, last, count }: Series): string[] {
  const again = count === 1 ? '' : ` (${count} times since ${first.at.toISOString()})`;
  const head = `${stampOf(last).padEnd(stampWidth)}  ${last.kind.padEnd(kindWidth)}  ${neutralised(eventWords(last))}${again}`;
  const lines = last.kind === 'death' ? last.lines : [];
  return [head, ...lines.map(({ text }) => `${indent}| ${neutralised(text)}`)];
}

/** The boot log knows whole seconds alone. */
function stampOf({ kind, at }: Event): string {
  return kind === 'boot' ? at.toISOString().replace('.000Z', 'Z') : at.toISOString();
}
