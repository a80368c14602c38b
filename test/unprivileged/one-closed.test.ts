import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fleet, startFleet } from '../helpers/fleet.ts';

interface Told {
  readonly results: readonly {
    readonly profile: string;
    readonly outcome: string;
    readonly error: { readonly code: string } | null;
  }[];
}

describe('a home that is closed to the user', () => {
  it('is a profile all the same: named, denied, and not healthy', async () => {
    const fleet = await startFleet();
    const home = fleet.file('a', '');
    try {
      await fleet.profiles(['a', 'b']);
      await fleet.run('gateway start a b');
      await fleet.run('gateway stop a');
      chmodSync(home, 0);
      assert.match((await fleet.run('profile list')).stdout, /^a /m);
      assert.match((await fleet.run('gateway status --all')).stdout, /^a +down/m);
      const { code, stderr } = await fleet.run('gateway health');
      assert.equal(code, 1);
      assert.match(stderr, /a is down: .*permission denied/);
      for (const words of ['gateway start a', 'profile delete a --yes'])
        assert.equal((await fleet.run(words)).code, 77, words);
      assert.equal((await fleet.run('gateway status b')).code, 0);
    } finally {
      chmodSync(home, 0o755);
      await fleet.stop();
    }
  });
});

describe('a slot that is closed to the user', () => {
  let fleet: Fleet;
  const closed: string[] = [];
  const close = (path: string, mode: number): void => {
    closed.unshift(join(fleet.tree.scandir, path));
    chmodSync(join(fleet.tree.scandir, path), mode);
  };
  const told = async (words: string) => {
    const { code, stdout } = await fleet.run(`${words} --json`);
    const { results } = JSON.parse(stdout) as Told;
    return [code, Object.fromEntries(results.map((one) => [one.profile, one.error?.code ?? one.outcome]))];
  };

  beforeEach(async () => {
    assert.notEqual(process.getuid?.(), 0, 'this suite is about everybody but root');
    fleet = await startFleet();
    await fleet.profiles(['a', 'b']);
  });
  afterEach(async () => {
    for (const path of closed.splice(0)) chmodSync(path, 0o755);
    await fleet.stop();
  });

  it('is told of with --all, and the others are brought down', async () => {
    await fleet.run('gateway start a b');
    close('gateway-a/supervise', 0);
    assert.deepEqual(await told('gateway restart --all'), [77, { a: 'S6_DENIED', b: 'done' }]);
    assert.deepEqual(await told('gateway stop --all'), [77, { a: 'S6_DENIED', b: 'done' }]);
    assert.deepEqual(await told('gateway stop --all'), [77, { a: 'S6_DENIED' }]);
  });

  it('hides no other from status and health', async () => {
    await fleet.run('gateway start a b');
    close('gateway-a/supervise', 0);
    const { code, stdout, stderr } = await fleet.run('gateway status a b nosuch');
    assert.equal(code, 77);
    assert.match(stdout, /^b +ready/m);
    assert.match(stderr, /^Error: a: .*denied.*(.|\n)*^Error: nosuch: no such gateway/m);
    const { gateways, errors } = JSON.parse((await fleet.run('gateway status --all --json')).stdout) as {
      gateways: { profile: string }[];
      errors: { profile: string; code: string }[];
    };
    assert.deepEqual(
      gateways.map(({ profile }) => profile),
      ['default', 'b'],
    );
    assert.deepEqual(
      errors.map((error) => [error.profile, error.code]),
      [['a', 'S6_DENIED']],
    );
    const health = await fleet.run('gateway health');
    assert.equal(health.code, 1);
    assert.match(health.stderr, /denied/);
  });

  it('is not started when it cannot be brought up to date, its wish is as before, and the others are', async () => {
    await fleet.run('gateway start a b');
    await fleet.run('gateway stop a b --reason rotation');
    const { desired_at: before } = fleet.state('a');
    writeFileSync(fleet.file('a', 'config.yaml'), 'gateway:\n  port: 20001\n  stop_timeout: 3\n');
    close('gateway-a', 0o555);
    assert.deepEqual(await told('gateway start a b'), [77, { a: 'S6_DENIED', b: 'done' }]);
    const { desired_state: wish, desired_at: at } = fleet.state('a');
    assert.deepEqual([wish, at], ['stopped', before]);
  });
});
