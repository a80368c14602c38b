import assert from 'node:assert/strict';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { until } from '../helpers/until.ts';

const dies = '  command: [sh, -c, "exit 3"]\n';
const diesInExec = '  mode: exec\n  command: [sh, -c, "exit 3"]\n';

describe('gateway reset-failed', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const inBackoff = () =>
    until(async () => {
      const { state, deaths, next_try: next } = await fleet.one('gateway status coder');
      // A pause that is long enough for the command to find it waiting, whatever the machine does.
      return state === 'backoff' && Number(deaths) >= 4 && Date.parse(String(next)) - Date.now() > 5_000;
    }, 'coder waits for its next try');

  for (const [mode, config] of [
    ['host', dies],
    ['exec', diesInExec],
  ] as const)
    it(`forgets the deaths, and a gateway in backoff is tried at once (mode: ${mode})`, async () => {
      await fleet.profiles(['coder'], config);
      await fleet.run('gateway start coder');
      await inBackoff();
      const before = await fleet.one('gateway status coder');
      const { code, stdout } = await fleet.run('gateway reset-failed coder');
      assert.equal(code, 0);
      assert.match(
        stdout,
        /^coder: \d+ deaths are forgotten; it waited for its next try and is tried now\.\n$/,
      );
      await until(async () => {
        const { pid, deaths } = await fleet.one('gateway status coder');
        return pid !== null && pid !== before['pid'] && Number(deaths) < Number(before['deaths']);
      }, 'another process begins with a clean record');
      assert.equal(fleet.state('coder')['desired_state'], 'running');
    });

  it('leaves a running gateway alone, and has nothing to forget the second time', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    process.kill(Number(pid), 'SIGKILL');
    const after = await until(async () => {
      const status = await fleet.one('gateway status coder');
      return status['state'] === 'ready' && status['pid'] !== pid && status;
    }, 'it came back');
    const first = await fleet.run('gateway reset-failed coder');
    assert.equal(first.stdout, 'coder: 1 death is forgotten.\n');
    const second = await fleet.run('gateway reset-failed -p coder');
    assert.deepEqual([second.code, second.stdout], [0, 'coder: no death to forget.\n']);
    const { pid: now, deaths, last_exit: last } = await fleet.one('gateway status coder');
    assert.deepEqual([now, deaths, last], [after['pid'], 0, null]);
  });

  it('says what to type where 78 has ended all tries', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "exit 78"]\n');
    await fleet.run('gateway start coder');
    const { stdout } = await fleet.run('gateway reset-failed coder');
    assert.match(stdout, /stays down: correct it, then "hermes gateway start -p coder"\.\n$/);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'failed');
  });

  it('tries every target, says what it did in the journal, and ends with the worst code', async () => {
    await fleet.profiles(['coder', 'fresh']);
    await fleet.run('gateway start coder');
    const { code, stdout, stderr } = await fleet.run('gateway reset-failed codr coder fresh --reason fixed');
    assert.equal(code, 4);
    assert.equal(stdout, 'coder: no death to forget.\n');
    assert.match(stderr, /no such gateway 'codr'.*\nDid you mean "coder"\?/);
    assert.match(stderr, /fresh has no slot\n"hermes gateway start -p fresh"/);
    const history = await fleet.run('gateway history coder');
    assert.doesNotMatch((await fleet.run('gateway history')).stdout, /codr/);
    assert.match(history.stdout, /reset-failed coder: already .*, because "fixed"/);
  });

  it('answers as its schema says, also when it failed', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    const { stdout } = await fleet.run('gateway reset-failed coder typo --json');
    const { results } = await parseAnswer(stdout);
    assert.deepEqual(
      (results as Record<string, unknown>[]).map(({ outcome, deaths, tried }) => [outcome, deaths, tried]),
      [
        ['already', 0, false],
        ['failed', null, false],
      ],
    );
  });
});
