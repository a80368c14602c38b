import assert from 'node:assert/strict';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';

describe('gateway restart --rolling', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  type Result = Record<string, unknown>;
  const pids = async (): Promise<unknown[]> => {
    const { stdout } = await fleet.run('gateway status --all --json');
    return (JSON.parse(stdout) as { gateways: Result[] }).gateways.flatMap(({ pid }) => pid ?? []);
  };
  /** When each of the gateways that serve now came up. */
  /** A moment in the journal is a wall clock's, a duration the monotonic clock's, each rounded: together some ms apart. */
  const clocksMs = 20;
  const births = async (): Promise<[profile: string, began: number, ready: number][]> => {
    const { stdout } = await fleet.run('gateway history --json');
    const { entries } = JSON.parse(stdout) as { entries: Record<string, string>[] };
    return entries
      .filter(({ action }) => action === 'restart')
      .map(({ profile = '', at = '', seconds }) => [
        profile,
        Date.parse(at) - Number(seconds) * 1000,
        Date.parse(at),
      ]);
  };

  it('restarts one after another, each when the one before is ready again', async () => {
    await fleet.profiles(['one', 'three', 'two']);
    await fleet.run('gateway start one two three');
    const before = await pids();
    const { code, stdout } = await fleet.run('gateway restart --all --rolling');
    assert.equal(code, 0);
    assert.match(stdout, /^one is restarted.*\nthree is restarted.*\ntwo is restarted.*\n$/);
    const after = await pids();
    assert.ok(before.every((pid, index) => pid !== after[index]));
    const [first, second, third] = await births();
    assert.ok(
      (first?.[2] ?? NaN) <= (second?.[1] ?? NaN) + clocksMs &&
        (second?.[2] ?? NaN) <= (third?.[1] ?? NaN) + clocksMs,
    );
  });

  it('stops after the first that does not come back, and says which were not touched', async () => {
    await fleet.profiles(['a', 'b', 'c', 'd']);
    await fleet.run('gateway start a b c d');
    fleet.home.write({ 'profiles/b/config.yaml': 'gateway:\n  command: [sh, -c, "exit 3"]\n' });
    const before = await pids();
    const { code, stdout, stderr } = await fleet.run('gateway restart --all --rolling');
    assert.equal(code, 1);
    assert.match(stdout, /^a is restarted[^\n]*\n$/);
    assert.match(stderr, /b did not come up: exit 3/);
    assert.match(stderr, /Not touched: c, d\. Go on with "hermes gateway restart c d --rolling"\.\n$/);
    assert.deepEqual((await pids()).slice(-2), before.slice(-2));
    const answer = await parseAnswer((await fleet.run('gateway restart b c d --rolling --json')).stdout);
    assert.deepEqual(
      [(answer['results'] as Result[]).map(({ profile }) => profile), answer['untouched']],
      [['b'], ['c', 'd']],
    );
  });

  it('touches nothing more when the configuration of one is broken', async () => {
    await fleet.profiles(['a', 'b']);
    await fleet.run('gateway start a b');
    const before = await pids();
    fleet.home.write({ 'profiles/a/config.yaml': 'gateway:\n  port: none\n' });
    const { code, stderr } = await fleet.run('gateway restart a b --rolling');
    assert.equal(code, 78);
    assert.match(stderr, /Not touched: b\./);
    assert.deepEqual(await pids(), before);
  });

  it('has up to N under way at once', async () => {
    await fleet.profiles(['a', 'b', 'c', 'd']);
    await fleet.run('gateway start a b c d');
    const answer = await parseAnswer(
      (await fleet.run('gateway restart --all --rolling --max-unavailable 2 --json')).stdout,
    );
    assert.deepEqual(
      (answer['results'] as Result[]).map(({ outcome }) => outcome),
      Array(4).fill('done'),
    );
    assert.deepEqual(answer['untouched'], []);
    const spans = await births();
    const most = spans.map(
      ([, began]) => spans.filter((span) => span[1] <= began && began < span[2] - clocksMs).length,
    );
    assert.ok(Math.max(...most) <= 2, JSON.stringify(spans));
  });

  it('refuses words that contradict each other', async () => {
    await fleet.profiles(['a']);
    for (const words of ['--max-unavailable 2', '--rolling --no-wait', '--rolling --max-unavailable 0'])
      assert.equal((await fleet.run(`gateway restart a ${words}`)).code, 2, words);
    assert.equal((await fleet.run('gateway restart --all --rolling')).stdout, 'No gateway is up.\n');
  });
});
