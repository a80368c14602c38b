import assert from 'node:assert/strict';
import { parseProfileName } from '../../../src/lib/profile/name.ts';
import type { Case } from '../../../src/lib/why/case.ts';
import { verdictOf } from '../../../src/lib/why/verdict.ts';
import { boot, command, death, facts, minutesAgo, profile, status, wanted } from '../../helpers/why-case.ts';

const up = { wish: wanted('up') };
const started = command('start', 20);
const killed = { exitCode: null, signal: 'SIGKILL' };
const taken = { exitCode: 78, said: 'port 8650 is taken, and the configuration of writer names it too' };
const dying = status('backoff', { deaths: 7, first_death: minutesAgo(3).toISOString() });
const writer = parseProfileName('writer');
const collision = {
  kind: 'port',
  profiles: [profile, writer],
  what: 'coder and writer have the same port 8650',
  evidence: '',
  fix: 'sed writer && hermes gateway restart writer',
  tolerable: false,
} as const;

type Row = readonly [title: string, facts: Case, why: string, next: string];

const start = 'Type "hermes gateway start -p coder".';
const startIfWanted = 'Type "hermes gateway start -p coder" to have it up.';
const keepOrEnd =
  'Keep it with "hermes gateway start -p coder", or end it with "hermes gateway stop -p coder".';
const previous = '"hermes gateway logs --previous -p coder"';
const opsUp = 'ops (docker exec) wanted it up at 2026-11-21T02:40:00Z (20m ago)';

const rows: readonly Row[] = [
  [
    'ready, as an operator asked',
    facts(status('ready', { pid: 412 }), { ...up, events: [started] }),
    `coder is ready (pid 412, for 10m): ${opsUp}.`,
    'Nothing needs to be typed.',
  ],
  [
    'ready since the container came up',
    facts(status('ready'), { ...up, events: [started, boot('started', 10.1)] }),
    `coder is ready (for 10m): the boot pass at 2026-11-21T02:49:54Z (10m6s ago) brought it up, because ${opsUp}.`,
    'Nothing needs to be typed.',
  ],
  [
    'ready, and a later boot pass found it so',
    facts(status('ready'), { ...up, events: [started, boot('started', 5)] }),
    `coder is ready (for 10m): ${opsUp}.`,
    'Nothing needs to be typed.',
  ],
  [
    'ready again after it ended',
    facts(status('ready', { deaths: 1 }), { ...up, events: [started, death(11)] }),
    `coder is ready (for 10m): ${opsUp}. It ended by itself at 2026-11-21T02:49:00Z (11m ago), and s6 started it again: exit 3.`,
    `See what it said before: ${previous}.`,
  ],
  [
    'up, though it is wanted down',
    facts(status('up', { drift: 'x' }), { wish: wanted('down'), events: [command('stop', 20)] }),
    'coder is up (for 10m), though ops (docker exec) wanted it down at 2026-11-21T02:40:00Z (20m ago).',
    keepOrEnd,
  ],
  [
    'up, and nobody asked',
    facts(status('up')),
    'coder is up (for 10m), though nobody has said that it is wanted.',
    keepOrEnd,
  ],
  [
    'up with a "down" file in its slot',
    facts(status('ready', { drift: 'x' }), { ...up, events: [started] }),
    `coder is ready (for 10m): ${opsUp}. It would not come up again by itself: its slot has a "down" file.`,
    start,
  ],
  [
    'starting',
    facts(status('starting'), { ...up, events: [started] }),
    `coder is starting (for 10m): ${opsUp}.`,
    'Wait for it: "hermes gateway logs --follow -p coder".',
  ],
  [
    'stopping, as asked, by somebody whose command left no trace',
    facts(status('stopping'), { wish: wanted('down') }),
    'coder is stopping: ops wanted it down at 2026-11-21T02:40:00Z (20m ago).',
    'Look again with "hermes gateway status -p coder".',
  ],
  [
    'stopping, though it is wanted up',
    facts(status('stopping'), { ...up, events: [started] }),
    `coder is stopping, but ${opsUp}: somebody told s6 and not hermes.`,
    start,
  ],
  [
    'dying again and again',
    facts(dying, { ...up, events: [death(2, { said: 'exit 3' })] }),
    'coder keeps dying: trying now, 7 deaths in 3m. Its last end: exit 3.',
    `Read what it said with ${previous} and correct that; after that "hermes gateway restart -p coder" has it tried at once.`,
  ],
  [
    'dying on a port that a stranger has',
    facts(dying, { ...up, events: [death(2, { exitCode: 1, said: 'port 8650 is taken' })] }),
    'coder keeps dying: trying now, 7 deaths in 3m. Its last end: exit 1: port 8650 is taken.',
    'See who has the port with "ss -ltnp sport = :8650", and end that or choose another gateway.port. After that "hermes gateway restart -p coder" has it tried at once.',
  ],
  [
    'killed where the kernel kills for lack of memory',
    facts(dying, { ...up, events: [death(2, killed)], memory: { here: 2, machine: 9 } }),
    'coder keeps dying: trying now, 7 deaths in 3m. Its last end: killed by SIGKILL; the kernel has killed 2 times in this container for lack of memory, probably here too.',
    'Give the container more memory; after that "hermes gateway restart -p coder" has it tried at once.',
  ],
  [
    'dying, though it is wanted down',
    facts(dying, { wish: wanted('down'), events: [death(2)] }),
    'coder keeps dying: trying now, 7 deaths in 3m. Its last end: exit 3. Yet ops wanted it down at 2026-11-21T02:40:00Z (20m ago).',
    'Type "hermes gateway stop -p coder".',
  ],
  [
    'given up for its configuration',
    facts(status('failed'), { ...up, events: [death(2, { exitCode: 78, said: '/c.yaml, line 2: no' })] }),
    'coder was given up after exit 78, because no further try can help: /c.yaml, line 2: no.',
    'Correct that, then type "hermes gateway start -p coder".',
  ],
  [
    'given up, and only the state file says why',
    facts(status('failed'), { ...up, exitReason: 'no port' }),
    'coder was given up after exit 78, because no further try can help: no port.',
    'Correct that, then type "hermes gateway start -p coder".',
  ],
  [
    'given up for a port that another gateway has too',
    facts(status('failed'), { ...up, events: [death(2, taken)], collision }),
    `coder was given up after exit 78, because no further try can help: ${taken.said}.`,
    'Type "sed writer && hermes gateway restart writer". Then type "hermes gateway start -p coder".',
  ],
  [
    'given up for such a port, where the remedy is its own new one',
    facts(status('failed'), {
      ...up,
      events: [death(2, taken)],
      collision: { ...collision, profiles: [writer, profile], fix: 'sed coder' },
    }),
    `coder was given up after exit 78, because no further try can help: ${taken.said}.`,
    'Type "sed coder".',
  ],
  [
    'stopped by an operator with a reason',
    facts(status('down'), {
      wish: wanted('down', 'lunch'),
      events: [command('stop', 20), death(20, { asked: true })],
    }),
    'coder is down: ops (docker exec) wanted it down at 2026-11-21T02:40:00Z (20m ago), because "lunch".',
    startIfWanted,
  ],
  [
    'stopped before the container came up anew',
    facts(status('down'), { wish: wanted('down'), events: [command('stop', 20), boot('registered', 10)] }),
    'coder is down: ops (docker exec) wanted it down at 2026-11-21T02:40:00Z (20m ago), and the boot pass at 2026-11-21T02:50:00Z (10m ago) left it so.',
    startIfWanted,
  ],
  [
    'stopped, and nobody signed for it',
    facts(status('down'), { wish: { state: 'down', at: null, by: null, reason: null } }),
    'coder is down: gateway_state.json says that it is wanted down, without saying by whom.',
    startIfWanted,
  ],
  [
    'never started',
    facts(status('down'), { events: [command('create', 30), boot('registered', 20)] }),
    'coder is down, because it was never started.',
    startIfWanted,
  ],
  [
    'down with nothing but its own last word',
    facts(status('down'), { exitReason: 'no token', events: [boot('registered', 20)] }),
    'coder is down, and nobody has said that it is wanted up. It last ended with: no token.',
    startIfWanted,
  ],
  [
    'down, its state file broken',
    facts(status('down'), { stateTrouble: 'it is not JSON' }),
    'coder is down, because nobody knows what is wanted of it: gateway_state.json cannot be used (it is not JSON).',
    startIfWanted,
  ],
  [
    'up, its state file broken',
    facts(status('up', { pid: 7 }), { stateTrouble: 'it is not JSON' }),
    'coder is up (pid 7, for 10m), and nobody knows what is wanted of it: gateway_state.json cannot be used (it is not JSON).',
    'Keep it with "hermes gateway start -p coder", or end it with "hermes gateway stop -p coder".',
  ],
  [
    'down behind the back of hermes',
    facts(status('down'), { ...up, events: [started, death(10, { exitCode: 143, said: 'sigterm' })] }),
    `coder is down, though ${opsUp}: somebody told s6, not hermes, to keep it down. It ended at 2026-11-21T02:50:00Z (10m ago): exit 143: sigterm.`,
    start,
  ],
  [
    "left to the container's own command",
    facts(status('down'), { ...up, events: [started, boot('registered', 10, 'no-supervise')] }),
    `coder is down, though ${opsUp}: the boot pass at 2026-11-21T02:50:00Z (10m ago) left it to the container's own command.`,
    'See what that says: "hermes gateway logs -p coder".',
  ],
  [
    'wanted, and not started since its slot was made',
    facts(status('down'), { ...up, events: [started] }),
    `coder is down, though ${opsUp}: it has not been started since its slot was made.`,
    start,
  ],
  [
    'without a slot',
    facts(status('missing')),
    'coder has no slot, so s6 does not know it: no boot pass has seen it.',
    'Type "hermes boot sync" to make one.',
  ],
  [
    'wanted and without a slot, because the boot pass failed',
    facts(status('missing'), { ...up, events: [boot('failed', 10, 'EACCES')] }),
    'coder has no slot, so s6 does not know it: the last boot pass, at 2026-11-21T02:50:00Z (10m ago), said "failed" (EACCES), and the slot is gone or was never made.',
    'Type "hermes gateway start -p coder" to make one and start it.',
  ],
  [
    'an orphan that is wanted',
    facts(status('unsupervised', { pid: 77 }), up),
    'pid 77 is the gateway of coder, but nobody supervises it here: its supervisor was killed, it was started by hand, or it belongs to another scandir.',
    'Type "hermes gateway restart -p coder".',
  ],
  [
    'a slot without a supervisor',
    facts(status('unsupervised')),
    'coder has a slot that nobody supervises.',
    'Type "hermes boot reconcile".',
  ],
];

describe('The verdict about a gateway', () => {
  for (const [title, given, why, next] of rows)
    it(`is a sentence about one that is ${title}`, () => assert.deepEqual(verdictOf(given), { why, next }));

  for (const [here, machine, words] of [
    [1, 9, /killed once in this container for lack of memory, probably here too/],
    [0, 9, /nothing in this container for lack of memory\.$/],
    [null, 0, /nothing for lack of memory, so somebody sent it/],
    [null, 9, /9 times on this machine for lack of memory, perhaps here too/],
    [null, null, /the kernel does not tell/],
  ] as const)
    it(`says of a SIGKILL what counters of ${here ?? '-'} here and ${machine ?? '-'} on the machine mean`, () => {
      const { why } = verdictOf(
        facts(dying, { ...up, events: [death(2, killed)], memory: { here, machine } }),
      );
      assert.match(why, words);
    });

  it('takes exit 137 of a hosted program for a SIGKILL', () => {
    const { why } = verdictOf(
      facts(dying, { ...up, events: [death(2, { exitCode: 137, said: 'signal SIGKILL' })] }),
    );
    assert.match(why, /exit 137: signal SIGKILL; .*lack of memory/);
  });
});
