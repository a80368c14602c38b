import assert from 'node:assert/strict';
import { inOrder } from '../../../src/lib/why/chronicle.ts';
import type { BootEvent, CommandEvent, DeathEvent } from '../../../src/lib/why/event.ts';
import { boot, command, death } from '../../helpers/why-case.ts';

const second = Date.UTC(2026, 10, 21, 3);
const at = <T extends BootEvent | CommandEvent | DeathEvent>(ms: number, event: T): T => ({
  ...event,
  at: new Date(second + ms),
});
const pass = (ms: number, priorState: string) => at(ms, { ...boot('started', 0), priorState });
const [start, stop] = [at(200, command('start', 0)), at(700, command('stop', 0))];
const end = at(500, death(0));

describe('The events of a gateway, in order', () => {
  for (const [title, boots, others, expected] of [
    ['by time', [pass(-1_000, 'running')], [stop, start, end], ['boot', 'start', 'death', 'stop']],
    ['a pass after the start that it found', [pass(0, 'running')], [start, stop], ['start', 'boot', 'stop']],
    ['a pass after the stop that it found', [pass(0, 'stopped')], [start, stop], ['start', 'stop', 'boot']],
    ['a pass before a first start', [pass(0, 'None')], [start], ['boot', 'start']],
    [
      'a pass of another second where it is',
      [pass(1_000, 'running')],
      [start, stop],
      ['start', 'stop', 'boot'],
    ],
    [
      'several passes of one second as they were written',
      [pass(0, 'stopped'), pass(0, 'running')],
      [],
      ['boot stopped', 'boot running'],
    ],
  ] as const)
    it(`have ${title}`, () => {
      const events = inOrder(boots, others);
      const words = events.map((event) => {
        if (event.kind === 'command') return event.entry.action;
        return event.kind === 'boot' && boots.length > 1 ? `boot ${event.priorState}` : event.kind;
      });
      assert.deepEqual(words, expected);
    });
});
