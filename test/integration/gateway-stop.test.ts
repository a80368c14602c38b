import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../src/lib/gateway/proc-stat.ts';
import { type Fleet, orphaned, startFleet, stubborn } from '../helpers/fleet.ts';
import { binDir, nobody } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

describe('gateway stop', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const slot = (name: string) => join(fleet.tree.scandir, `gateway-${name}`);

  it('brings a gateway down for good, as planned, and leaves no marker', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway stop coder --reason over');
    assert.equal(code, 0);
    assert.match(stdout, /^coder is down \(\d+\.\d s\)\.\n$/);
    const { desired_state, desired_reason, gateway_state, exit_reason } = fleet.state('coder');
    assert.deepEqual(
      [desired_state, desired_reason, gateway_state, exit_reason],
      ['stopped', 'over', 'stopped', 'planned-stop'],
    );
    assert.ok(existsSync(join(slot('coder'), 'down')));
    assert.equal(existsSync(fleet.file('coder', '.gateway-planned-stop.json')), false);
  });

  it('is done already for a gateway that is down', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    const { code, stdout } = await fleet.run('gateway stop coder');
    assert.deepEqual([code, stdout], [0, 'coder is down already.\n']);
  });

  it('is done already for a profile without a slot, and remembers the wish', async () => {
    await fleet.profiles(['coder']);
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'already');
    assert.equal(fleet.state('coder')['desired_state'], 'stopped');
    assert.equal(existsSync(slot('coder')), false);
  });

  it('ends with 4 for a profile that does not exist', async () => {
    assert.equal((await fleet.run('gateway stop ghost')).code, 4);
  });

  it('keeps a gateway down that was given up after exit 78', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "exit 78"]\n');
    await fleet.run('gateway start coder');
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'done');
    const { state, drift } = await fleet.one('gateway status coder');
    assert.deepEqual([state, drift], ['down', null]);
  });

  it('ends the pause of a crash-looping gateway at once and leaves no process', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "exit 3"]\n');
    await fleet.run('gateway start coder');
    await until(
      async () => (await fleet.one('gateway status coder'))['state'] === 'backoff',
      'it is in backoff',
    );
    const { outcome } = await fleet.one('gateway stop coder');
    assert.equal(outcome, 'done');
    const { state, pid, deaths } = await fleet.one('gateway status coder');
    assert.deepEqual([state, pid, deaths], ['down', null, 0]);
  });

  it('kills a gateway that ignores SIGTERM after its stop timeout', async () => {
    await fleet.profiles(['coder'], stubborn);
    const { pid } = await fleet.one('gateway start coder');
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'done');
    assert.equal(isAlive(Number(pid), null), false);
    assert.deepEqual((await fleet.one('gateway status coder'))['last_exit'], {
      code: null,
      signal: 'SIGKILL',
    });
  });

  it('ends the waiting after --timeout, and the stop goes on', async () => {
    await fleet.profiles(['coder'], stubborn.replace('stop_timeout: 1', 'stop_timeout: 3'));
    await fleet.run('gateway start coder');
    const { code, stderr } = await fleet.run('gateway stop coder --timeout 1');
    assert.equal(code, 75);
    assert.match(stderr, /coder is still up \(pid \d+\) after \d+\.\d s; the stop goes on/);
    await until(async () => (await fleet.one('gateway status coder'))['state'] === 'down', 's6 has ended it');
  });

  it('returns at once with --no-wait, and says no more than that it asked', async () => {
    await fleet.profiles(['coder'], stubborn);
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway stop coder --no-wait');
    assert.deepEqual([code, stdout], [0, 'coder: s6 is asked to stop it; not waited for.\n']);
    await until(async () => (await fleet.one('gateway status coder'))['state'] === 'down', 's6 has ended it');
  });

  it('ends a gateway that nobody supervises', async () => {
    await fleet.profiles(['coder']);
    const pid = await orphaned(fleet);
    const { outcome, note } = await fleet.one('gateway stop coder');
    assert.equal(outcome, 'done');
    assert.match(String(note), new RegExp(`ended pid ${pid}, a gateway that nobody supervised`));
    assert.equal(isAlive(pid, null), false);
  });

  if (process.getuid?.() === 0)
    it('names a survivor that it could not end, and remembers the wish', async () => {
      await fleet.profiles(['coder']);
      const roots = spawn(join(binDir, 's6-setlock'), [
        '-n',
        fleet.file('coder', 'gateway.lock'),
        'sleep',
        '600',
      ]);
      try {
        execFileSync('chown', ['-R', `${nobody.uid}:${nobody.gid}`, fleet.home.path]);
        await until(
          async () => (await fleet.one('gateway status coder'))['pid'] === roots.pid,
          'it has the lock',
        );
        const { code, stderr } = await fleet.run('gateway stop coder', { as: nobody.uid });
        assert.equal(code, 1);
        assert.match(
          stderr,
          new RegExp(`coder: pid ${String(roots.pid)} still runs and holds its home\\n.*kill -9`),
        );
        assert.equal(fleet.state('coder')['desired_state'], 'stopped');
      } finally {
        roots.kill();
      }
    });

  it('wants what was wanted before when s6 could not be told', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder --reason work');
    const before = fleet.state('coder');
    const unfit = fleet.home.file('bin');
    mkdirSync(unfit);
    for (const name of readdirSync(binDir).filter((file) => /^s6-(?!svc$)/.test(file)))
      symlinkSync(join(binDir, name), join(unfit, name));
    writeFileSync(join(unfit, 's6-svc'), 'nobody may execute this');
    const { code, stderr } = await fleet.run('gateway stop coder', { env: { HERMES_S6_BIN_DIR: unfit } });
    assert.equal(code, 77);
    assert.match(stderr, /s6-svc.*Permission denied/);
    assert.deepEqual(fleet.state('coder'), before);
    assert.equal((await fleet.one('gateway status coder'))['pid'], pid);
  });

  it('stops what is left of a profile whose home is gone', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    rmSync(fleet.file('coder', ''), { recursive: true });
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'done');
    assert.equal(isAlive(Number(pid), null), false);
    assert.equal(existsSync(fleet.file('coder', '')), false);
  });

  it('stops also when the marker cannot be written', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    mkdirSync(fleet.file('coder', '.gateway-planned-stop.json/in/the/way'), { recursive: true });
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'done');
  });

  it('stops a gateway whose configuration has been broken meanwhile', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    fleet.home.write({ 'profiles/coder/config.yaml': 'gateway: [' });
    assert.equal((await fleet.one('gateway stop coder'))['outcome'], 'done');
  });
});
