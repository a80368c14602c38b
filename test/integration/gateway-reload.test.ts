import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { freePort } from '../helpers/free-port.ts';
import { profileTree } from '../helpers/home.ts';
import { until } from '../helpers/until.ts';

describe('gateway reload', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const health = async (port: number) => (await fetch(`http://127.0.0.1:${port}/health`)).status;

  it('has the built-in gateway read its configuration again, in the same process', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const port = await freePort();
    fleet.home.write(profileTree('coder', port));
    const { code, stdout } = await fleet.run('gateway reload coder --reason port');
    assert.equal(code, 0);
    assert.match((await fleet.run('gateway history coder')).stdout, /reload coder: .*, because "port"\n$/);
    assert.match(
      stdout,
      new RegExp(`^coder has read its configuration again \\(pid ${String(pid)}, \\d+\\.\\d s\\)\\.\\n$`),
    );
    // It has been said only after it was so.
    assert.equal(await health(port), 200);
    assert.equal((await fleet.one('gateway status coder'))['pid'], pid);
  });

  it('tells why a new configuration is not in force, with its line, and the old one serves on', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    for (const [config, reason] of [
      ['gateway:\n  port: none\n', /config\.yaml, line 2: gateway\.port must be/],
      [`gateway:\n  port: ${await freePort()}\n  command: [sleep, "9"]\n`, /another program takes a restart/],
    ] as const) {
      fleet.home.write({ 'profiles/coder/config.yaml': config });
      const { code, stderr } = await fleet.run('gateway reload coder');
      assert.equal(code, 78);
      assert.match(stderr, /^Error: coder keeps the configuration it had: /);
      assert.match(stderr, reason);
    }
    const status = await fleet.one('gateway status coder');
    assert.deepEqual([status['pid'], status['state']], [pid, 'ready']);
    await fleet.profiles(['coder']);
    assert.equal((await fleet.run('gateway reload coder')).code, 0);
    assert.equal(fleet.state('coder')['reload_error'], null);
  });

  it('takes no older answer for its own, not even one that comes while it waits', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    const first = await fleet.one('gateway reload coder');
    const second = await fleet.one('gateway reload coder');
    assert.ok(String(second['read_at']) > String(first['read_at']));
    // Stopped in its tracks, it cannot answer: an answer that somebody else got earlier counts for nothing.
    const { pid } = await fleet.one('gateway status coder');
    process.kill(Number(pid), 'SIGSTOP');
    try {
      const waiting = fleet.run('gateway reload coder --timeout 3');
      const old = { ...fleet.state('coder'), config_read_at: new Date(Date.now() - 1_000).toISOString() };
      writeFileSync(fleet.file('coder', 'gateway_state.json'), JSON.stringify(old));
      const { code, stderr } = await waiting;
      assert.equal(code, 75);
      assert.match(stderr, /coder was sent SIGHUP and has not answered for 3 s/);
    } finally {
      process.kill(Number(pid), 'SIGCONT');
    }
  });

  it('keeps nobody who wants to stop a gateway that does not answer', async () => {
    await fleet.profiles(['coder'], '  stop_timeout: 1\n');
    const { pid } = await fleet.one('gateway start coder');
    process.kill(Number(pid), 'SIGSTOP');
    const reload = fleet.run('gateway reload coder --timeout 30');
    // SIGHUP waits for the process to go on.
    const pending = () =>
      /^ShdPnd:\s*\w*[13579bdf]$/m.test(readFileSync(`/proc/${Number(pid)}/status`, 'utf8'));
    await until(pending, 'the signal is sent');
    assert.equal((await fleet.run('gateway stop coder')).code, 0);
    await reload;
  });

  it('says of a program of others that it has only sent the signal', async () => {
    await fleet.profiles(
      ['coder'],
      '  notify: true\n  command: [sh, -c, "trap \': >got\' HUP; echo >&3; while :; do sleep 0.05; done"]\n',
    );
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway reload coder');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^s6 sends SIGHUP to coder \(pid \d+\), a program of its own: only its log can tell/,
    );
    await until(() => existsSync(fleet.file('coder', 'got')), 'the signal arrived');
  });

  it('answers for each of several, with --all for those that are up', async () => {
    await fleet.profiles(['one', 'two', 'three']);
    assert.equal((await fleet.run('gateway reload --all')).stdout, 'No gateway is up.\n');
    await fleet.run('gateway start one two');
    const all = await parseAnswer((await fleet.run('gateway reload --all --json')).stdout);
    assert.deepEqual(
      (all['results'] as Record<string, unknown>[]).map(({ profile, outcome }) => [profile, outcome]),
      [
        ['one', 'done'],
        ['two', 'done'],
      ],
    );
    const mixed = await fleet.run('gateway reload one three');
    assert.equal(mixed.code, 4);
    assert.match(mixed.stdout, /^one has read/);
    assert.match(mixed.stderr, /three has no slot/);
    assert.match((await fleet.run('gateway history two')).stdout, /reload two: done/);
  });
});
