import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { siteManager } from '../../src/lib/gateway/registry.ts';
import { selectAll } from '../../src/lib/gateway/selection.ts';
import { glance } from '../../src/lib/gateway/sight.ts';
import { profileHome } from '../../src/lib/profile/home.ts';
import { serviceName } from '../../src/lib/profile/name.ts';
import { isAlive } from '../../src/lib/gateway/proc-stat.ts';
import { type Fleet, orphaned, startFleet } from '../helpers/fleet.ts';
import { siteOf } from '../helpers/site.ts';
import { until } from '../helpers/until.ts';

interface Result {
  readonly profile: string;
  readonly outcome: string;
  readonly error: { readonly code: string } | null;
}

describe('several gateways at once', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  async function results(words: string): Promise<Record<string, string>> {
    const { stdout } = await fleet.run(`${words} --json`);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    return Object.fromEntries(
      results.map(({ profile, outcome, error }) => [profile, error?.code ?? outcome]),
    );
  }

  it('start those that are wanted up, stop and restart those that are up', async () => {
    await fleet.profiles(['a', 'b', 'c']);
    assert.deepEqual(await results('gateway start a b'), { a: 'done', b: 'done' });
    await fleet.run('gateway stop b');
    assert.deepEqual(await results('gateway restart --all'), { a: 'done' });
    assert.deepEqual(await results('gateway start --all'), { a: 'already' });
    await fleet.run('gateway start b');
    assert.deepEqual(await results('gateway stop --all'), { a: 'done', b: 'done' });
    assert.deepEqual(await results('gateway stop --all'), {});
    assert.match((await fleet.run('gateway stop --all')).stdout, /^No gateway is up\.\n$/);
  });

  it('are each tried and reported, and the exit code is the worst', async () => {
    await fleet.profiles(['good']);
    await fleet.profiles(['bad'], '  mode: sideways\n');
    await fleet.profiles(['dying'], '  command: [sh, -c, "exit 3"]\n');
    const { code, stdout, stderr } = await fleet.run('gateway start ghost good bad dying');
    assert.equal(code, 78);
    assert.match(stdout, /^good is up and ready .*\n$/);
    for (const name of ['ghost', 'bad', 'dying']) assert.match(stderr, new RegExp(`Error: .*${name}`));
    assert.deepEqual(await results('gateway start ghost good bad'), {
      ghost: 'GATEWAY_NOT_REGISTERED',
      good: 'already',
      bad: 'CONFIG_INVALID',
    });
  });

  it('do not wait for each other: a stubborn one holds nobody up', async () => {
    await fleet.profiles(['quick']);
    await fleet.profiles(['slow'], '  notify: true\n  command: [sleep, "1000000"]\n');
    const { code } = await fleet.run('gateway start quick slow --timeout 2');
    assert.equal(code, 75);
    assert.equal((await fleet.one('gateway status quick'))['state'], 'ready');
  });

  it('are told apart: one that hangs from one that dies, and each of them from one that comes up', async () => {
    await fleet.profiles(['good']);
    await fleet.profiles(['dying'], '  command: [sh, -c, "exit 3"]\n');
    await fleet.profiles(['slow'], '  notify: true\n  command: [sleep, "1000000"]\n');
    for (const verb of ['start', 'restart'])
      assert.deepEqual(await results(`gateway ${verb} good dying slow --timeout 2`), {
        good: 'done',
        dying: 'START_FAILED',
        slow: 'TIMEOUT',
      });
  });

  it('are stopped also when a home is gone', async () => {
    await fleet.profiles(['a', 'b']);
    await fleet.run('gateway start a b');
    rmSync(fleet.file('b', ''), { recursive: true });
    assert.deepEqual(await results('gateway stop --all'), { a: 'done', b: 'done' });
  });

  it('are stopped with --all also where nobody supervises them', async () => {
    await fleet.profiles(['coder', 'other']);
    await fleet.run('gateway start other');
    const pid = await orphaned(fleet);
    assert.deepEqual(await results('gateway stop --all'), { coder: 'done', other: 'done' });
    assert.ok(!isAlive(pid, null));
  });

  it('are looked at anew when another process has come since --all was made out', async () => {
    await fleet.profiles(['a', 'b']);
    await fleet.run('gateway start a b');
    const site = siteOf(fleet.home.path, fleet.tree.scandir);
    const { profiles, seen } = await selectAll(site, 'restart');
    assert.deepEqual(profiles, ['a', 'b']);
    const { pid } = await fleet.one('gateway restart a');
    const places = profiles.map((profile) => ({
      service: serviceName(profile),
      home: profileHome(site.root, profile),
    }));
    const sight = await glance(siteManager(site), places, { known: seen });
    assert.equal(sight('gateway-a').status?.pid, pid);
    assert.equal(sight('gateway-b').status, seen.get('gateway-b')?.status);
  });

  it('converge under requests from all sides', async () => {
    await fleet.profiles(['a', 'b']);
    const verbs = ['start', 'stop', 'restart', 'start', 'restart', 'stop', 'start'];
    await Promise.all(verbs.map((verb) => fleet.run(`gateway ${verb} a b`)));
    for (const name of ['a', 'b'])
      await until(async () => {
        const { state, wanted } = await fleet.one(`gateway status ${name}`);
        return wanted === 'up' ? state === 'ready' : state === 'down';
      }, `${name} is as wanted`);
  });
});
