import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { isAlive } from '../../src/lib/gateway/proc-stat.ts';
import { entry } from '../helpers/cli.ts';
import { type Fleet, orphaned, startFleet, stubborn } from '../helpers/fleet.ts';
import { until } from '../helpers/until.ts';

describe('gateway restart', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  it('puts a new process in the place of the old one and waits until it is ready', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const { code, stdout } = await fleet.run('gateway restart coder');
    assert.equal(code, 0);
    assert.match(stdout, /^coder is restarted, up and ready \(pid \d+, \d+\.\d s\)\.\n$/);
    assert.doesNotMatch(stdout, new RegExp(`pid ${String(pid)},`));
    const { deaths, state } = await fleet.one('gateway status coder');
    assert.deepEqual([state, deaths], ['ready', 0]);
  });

  it('starts a gateway that is stopped, and one without a slot', async () => {
    await fleet.profiles(['coder']);
    assert.equal((await fleet.one('gateway restart coder'))['outcome'], 'done');
    await fleet.run('gateway stop coder');
    assert.equal((await fleet.one('gateway restart coder'))['outcome'], 'done');
    assert.equal(fleet.state('coder')['desired_state'], 'running');
  });

  it('leaves the old process running when the configuration is broken', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    for (const [config, words] of [
      ['gateway:\n  port: none\n', /config\.yaml, line 2: gateway\.port must be/],
      ['', /coder has no port: config\.yaml lacks gateway\.port/],
    ] as const) {
      fleet.home.write({ 'profiles/coder/config.yaml': config });
      const { code, stderr } = await fleet.run('gateway restart coder');
      assert.equal(code, 78);
      assert.match(stderr, words);
      const status = await fleet.one('gateway status coder');
      assert.deepEqual([status['pid'], status['state'], status['drift']], [pid, 'ready', null]);
    }
  });

  it('leaves the old process running when its .env cannot work', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    fleet.home.write({ 'profiles/coder/.env': 'BROKEN\n' });
    const { code, stderr } = await fleet.run('gateway restart coder');
    assert.equal(code, 78);
    assert.match(stderr, /coder\/\.env, line 1: there is no "=" in it\nCorrect that file/);
    rmSync(fleet.home.file('profiles/coder/.env'));
    mkdirSync(fleet.home.file('profiles/coder/.env'));
    assert.match((await fleet.run('gateway restart coder')).stderr, /\.env: it is no regular file\n/);
    const status = await fleet.one('gateway status coder');
    assert.deepEqual([status['pid'], status['state'], status['drift']], [pid, 'ready', null]);
  });

  it('takes a changed configuration over', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.profiles(['coder'], '  mode: exec\n  command: [sleep, "1000000"]\n');
    await fleet.run('gateway restart coder');
    const { state, pid } = await fleet.one('gateway status coder');
    assert.equal(state, 'up');
    assert.match(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8'), /^sleep/);
  });

  it('is no death and costs no pause, however the old process ended', async () => {
    const program = (trap: string) =>
      `  mode: exec\n  notify: true\n  stop_timeout: 1\n  command: [sh, -c, "trap '${trap}' TERM; echo >&3; while :; do sleep 0.05; done"]\n`;
    await fleet.profiles(['polite'], program('exit 0'));
    await fleet.profiles(['deaf'], program(':'));
    await fleet.run('gateway start polite deaf');
    for (const name of ['polite', 'polite', 'deaf']) {
      const { outcome, seconds } = await fleet.one(`gateway restart ${name}`);
      assert.equal(outcome, 'done');
      // A pause would take a second beyond the grace.
      assert.ok(Number(seconds) < (name === 'deaf' ? 1.9 : 0.9), String(seconds));
      assert.equal((await fleet.one(`gateway status ${name}`))['deaths'], 0);
    }
    const { pid } = await fleet.one('gateway status polite');
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => (await fleet.one('gateway status polite'))['deaths'] === 1, 'that is one');
  });

  it('kills a gateway that ignores SIGTERM after its grace', async () => {
    await fleet.profiles(['coder'], stubborn);
    const { pid } = await fleet.one('gateway start coder');
    const after = await fleet.one('gateway restart coder');
    assert.equal(after['outcome'], 'done');
    assert.notEqual(after['pid'], pid);
    assert.equal(isAlive(Number(pid), null), false);
  });

  it('leaves the kill to s6 when nobody waits', async () => {
    await fleet.profiles(['coder'], stubborn);
    const { pid } = await fleet.one('gateway start coder');
    await fleet.run('gateway restart coder --no-wait');
    await until(async () => {
      const status = await fleet.one('gateway status coder');
      return status['pid'] !== pid && status['state'] === 'ready';
    }, 's6 has restarted it');
  });

  it('ends a gateway that nobody supervises and starts one that is', async () => {
    await fleet.profiles(['coder']);
    const pid = await orphaned(fleet);
    assert.equal((await fleet.one('gateway restart coder'))['outcome'], 'done');
    assert.equal(isAlive(pid, null), false);
  });

  it('happens once for requests at the same time', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const answers = await Promise.all([1, 2, 3].map(() => fleet.one('gateway restart coder')));
    for (const answer of answers) {
      assert.equal(answer['outcome'], 'done');
      assert.notEqual(answer['pid'], pid);
    }
    assert.equal((await fleet.one('gateway status coder'))['state'], 'ready');
    const said = await Promise.all([1, 2].map(() => fleet.run('gateway restart coder')));
    for (const { stdout } of said) assert.match(stdout, /^coder is restarted, up and ready \(pid \d+, /);
  });

  it('is handed to s6 when it is typed inside the very gateway', async () => {
    const restart = `${process.execPath} ${entry} gateway restart -p coder >said 2>&1`;
    const script = `[ -e once ] || { touch once; ${restart}; }; exec sleep 1000000`;
    await fleet.profiles(['coder'], `  notify: true\n  command: [sh, -c, '${script}']\n`);
    const { code } = await fleet.run('gateway start coder --no-wait');
    assert.equal(code, 0);
    await until(async () => {
      const { last_exit: last, state } = await fleet.one('gateway status coder');
      return state === 'starting' && JSON.stringify(last) === '{"code":143,"signal":null}';
    }, 's6 has restarted it');
    const said = readFileSync(fleet.file('coder', 'said'), 'utf8');
    assert.match(said, /s6 is asked to restart it; not waited for\. \(this runs inside that very gateway/);
  });
});
