import assert from 'node:assert/strict';
import { BootLog, logStamp } from '../../../src/lib/boot/boot-log.ts';
import { readBootLog } from '../../../src/lib/boot/boot-log-lines.ts';
import type { Step } from '../../../src/lib/boot/plan.ts';
import { rootHome } from '../../../src/lib/profile/home.ts';
import { parseProfileName } from '../../../src/lib/profile/name.ts';
import { isAsked } from '../../../src/lib/why/asked.ts';
import { deathEvents } from '../../../src/lib/why/deaths.ts';
import type { CommandEvent } from '../../../src/lib/why/event.ts';
import { memoryKills } from '../../../src/lib/why/memory-kills.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 21, 3, 0, second));
const profile = parseProfileName('coder');

describe('What the answer to why is made of', () => {
  let home: TempHome;
  const root = () => rootHome({ HERMES_HOME: home.path }, '');
  beforeEach(() => {
    home = tempHome();
  });
  afterEach(() => home.remove());

  it('reads the boot log as it was written, the rotated one first, and passes over broken lines', () => {
    const step: Step = { profile: 'coder', priorState: null, action: 'registered', reason: null, slot: null };
    home.write({
      'logs/container-boot.log.1': `${logStamp(at(0))} profile=coder prior_state=running action=started\n`,
      'logs/container-boot.log': 'no line\n2026-99-99T00:00:00+0000 profile=a action=b\n',
    });
    const log = new BootLog(home.file('logs/container-boot.log'), () => at(1), null);
    log.append(step);
    log.append({ ...step, priorState: 'a "b"', action: 'failed', reason: 'no such\nthing = here' });
    log.close();
    assert.deepEqual(readBootLog(root()), [
      { at: at(0), profile: 'coder', priorState: 'running', action: 'started', reason: null },
      { at: at(1), profile: 'coder', priorState: null, action: 'registered', reason: null },
      { at: at(1), profile: 'coder', priorState: 'a "b"', action: 'failed', reason: 'no such\nthing = here' },
    ]);
  });

  it('has no boot log where nothing was booted', () => assert.deepEqual(readBootLog(root()), []));

  it('reads the counters of kills for lack of memory, of our own control group where it tells', () => {
    home.write({
      'proc/self/cgroup': '4:memory:/old\n0::/box/one\n',
      'proc/vmstat': 'oom_kill 5\nnr_free 1\n',
      'cgroups/box/one/memory.events': 'low 0\noom 3\noom_kill 2\noom_group_kill 0\n',
    });
    const [proc, cgroups] = [home.file('proc'), home.file('cgroups')];
    assert.deepEqual(memoryKills({ proc, cgroups }), { here: 2, machine: 5 });
    assert.deepEqual(memoryKills({ proc, cgroups: proc }), { here: null, machine: 5 });
    assert.deepEqual(memoryKills({ proc: cgroups, cgroups }), { here: null, machine: null });
    home.write({ 'cgroups/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n' });
    home.write({ 'proc/self/cgroup': '4:cpu,memory:/docker/1\n0::/docker/1\n' });
    assert.deepEqual(memoryKills({ proc, cgroups }), { here: 3, machine: 5 });
    home.write({ 'cgroups/memory/docker/1/memory.oom_control': 'oom_kill 4\n' });
    assert.deepEqual(memoryKills({ proc, cgroups }), { here: 4, machine: 5 });
  });

  const died = (second: number, exitCode: number | null, signal: string | null = null) => ({
    at: at(second),
    exitCode,
    signal,
  });
  const command = (action: string, second: number, seconds = 0): CommandEvent => ({
    kind: 'command',
    at: at(second),
    entry: {
      at: at(second + seconds).toISOString(),
      profile,
      action,
      actor: { user: 'ops', uid: 1000, via: 'shell' },
      reason: null,
      outcome: 'done',
      seconds,
      pid: null,
      error: null,
    },
  });

  for (const [title, death, before, commands, expected] of [
    ['the end after a stop, whatever its code', died(5, 3), null, [command('stop', 4)], true],
    ['a second end after a stop', died(6, 3), died(5, 0), [command('stop', 4)], false],
    ['an end after a start', died(5, 0), null, [command('start', 4)], false],
    [
      'the SIGTERM of a restart, also after nobody waited for it',
      died(5, 143),
      null,
      [command('restart', 4)],
      true,
    ],
    ['the SIGKILL at the end of its grace', died(5, null, 'SIGKILL'), null, [command('restart', 4, 9)], true],
    ['a SIGKILL long after a restart', died(50, null, 'SIGKILL'), null, [command('restart', 4, 9)], false],
    ['a crash while a restart waits', died(5, 3), null, [command('restart', 4, 9)], false],
    [
      'the exit 0 of a gateway that a restart found stopped',
      died(9, 0),
      died(5, 0),
      [command('stop', 4), command('restart', 8, 2)],
      false,
    ],
    [
      'the exit 0 of a new gateway',
      died(5, 0),
      null,
      [command('create', 1), command('restart', 4, 2)],
      false,
    ],
    ['the SIGTERM of a start that ends a pause', died(5, 143), died(2, 3), [command('start', 4, 2)], true],
    ['a SIGTERM long after a start', died(50, 143), null, [command('start', 4, 2)], false],
    ['an end without a command', died(5, 143), null, [], false],
  ] as const)
    it(`takes ${title} for ${expected ? 'asked for' : 'the gateway’s own'}`, () =>
      assert.equal(isAsked(death, before, commands), expected));

  const stamp = (second: number, ms: number) => {
    const time = new Date(at(second).getTime() + ms);
    const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString();
    return local.replace('T', ' ').replace('Z', '000000');
  };

  it('tells two deaths apart of which the second followed at once', () => {
    home.write({
      'logs/gateways/coder/current': [
        `${stamp(1, 990)} one`,
        `${stamp(1, 995)} ends with 143: sigterm`,
        `${stamp(2, 40)} two`,
        `${stamp(2, 50)} ends with 78: port 8650 is taken`,
        `${stamp(2, 90)} three`,
        '',
      ].join('\n'),
    });
    const second = { ...died(2, 78), at: new Date(at(2).getTime() + 60) };
    const deaths = deathEvents(root(), profile, [died(2, 143), second], { boots: [], commands: [] }, 5);
    assert.deepEqual(
      deaths.map(({ said, lines }) => [said, lines.map(({ text }) => text)]),
      [
        ['sigterm', ['one', 'ends with 143: sigterm']],
        ['port 8650 is taken', ['two', 'ends with 78: port 8650 is taken']],
      ],
    );
    assert.equal(deaths[1]?.log.from, at(2).toISOString());
  });

  it('gives each death the last lines and words of its own run, also when the logger was late with them', () => {
    home.write({
      'logs/gateways/coder/current': [
        `${stamp(1, 0)} one`,
        `${stamp(1, 1)} two`,
        'the rest of two',
        `${stamp(1, 900)} ends with 3: exit 3`,
        `${stamp(4, 0)} three`,
        `${stamp(6, 500)} ends with 1: port 8650 is taken`,
        `${stamp(9, 0)} four`,
        '',
      ].join('\n'),
    });
    const deaths = deathEvents(root(), profile, [died(2, 3), died(6, 1)], { boots: [], commands: [] }, 2);
    assert.deepEqual(
      deaths.map(({ said, lines }) => [said, lines.map(({ text }) => text)]),
      [
        ['exit 3', ['the rest of two', 'ends with 3: exit 3']],
        ['port 8650 is taken', ['three', 'ends with 1: port 8650 is taken']],
      ],
    );
    assert.deepEqual(
      deaths.map(({ log }) => log.to),
      ['2026-11-21T03:00:02.100Z', '2026-11-21T03:00:06.100Z'],
    );
  });

  it('gives no death the last words of one that was forgotten', () => {
    home.write({
      'logs/gateways/coder/current': [
        `${stamp(1, 900)} ends with 1: port 8650 is taken`,
        `${stamp(3, 0)} ours`,
        `${stamp(3, 900)} ends with 5: exit 5`,
        '',
      ].join('\n'),
    });
    const deaths = (...commands: CommandEvent[]) =>
      deathEvents(root(), profile, [died(4, 5)], { boots: [], commands }, 5);
    assert.deepEqual(
      deaths(command('start', 0), command('reset-failed', 2)).map(({ said, lines }) => [said, lines.length]),
      [['exit 5', 2]],
    );
    assert.equal(deaths(command('start', 0))[0]?.said, 'exit 5');
  });

  it('begins the first run with the start or the boot pass that brought it up, not with one that changed nothing', () => {
    const start = command('start', 3);
    const already = { ...start, at: at(6), entry: { ...start.entry, outcome: 'already' } };
    const line = {
      kind: 'boot',
      at: at(1),
      profile,
      priorState: null,
      action: 'started',
      reason: null,
    } as const;
    const from = (...commands: CommandEvent[]) =>
      deathEvents(root(), profile, [died(9, 3)], { boots: [line], commands }, 2)[0]?.log.from;
    assert.equal(from(start, already), at(3).toISOString());
    assert.equal(from(already), at(1).toISOString());
  });
});
