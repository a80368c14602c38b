import assert from 'node:assert/strict';
import { parseAnswer } from '../helpers/answer.ts';
import { runHermes } from '../helpers/cli.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';

const line = (at: string, profile: string, action: string, more: object = {}) =>
  JSON.stringify({
    at,
    profile,
    action,
    actor: { user: 'ops', uid: 1000, via: 'docker exec' },
    reason: null,
    outcome: 'done',
    seconds: 0.31,
    pid: 412,
    error: null,
    ...more,
  });

describe('gateway history', () => {
  let home: TempHome;
  const history = (...args: string[]) => runHermes(['gateway', 'history', ...args], { home: home.path });

  beforeEach(() => {
    home = tempHome({
      'SOUL.md': '',
      'logs/lifecycle.jsonl.1': `${line('2026-11-20T01:00:00.000Z', 'coder', 'create')}\n`,
      'logs/lifecycle.jsonl': [
        line('2026-11-21T02:00:00.000Z', 'coder', 'start'),
        '{"at": "half a li',
        '[]',
        line('2026-11-21T03:00:00.000Z', 'writer', 'stop', { reason: 'a \x1b[2Jlunch' }),
        line('2026-11-21T04:00:00.000Z', 'coder', 'restart', { outcome: 'failed', error: 'it ended with 1' }),
        '',
      ].join('\n'),
    });
  });

  afterEach(() => home.remove());

  it('tells each change in a line, the rotated file first, and passes over what is broken', async () => {
    const { code, stdout } = await history();
    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      '2026-11-20T01:00:00.000Z  create coder: done after 0.3 s, by ops (docker exec)',
      '2026-11-21T02:00:00.000Z  start coder: done after 0.3 s, by ops (docker exec)',
      '2026-11-21T03:00:00.000Z  stop writer: done after 0.3 s, by ops (docker exec), because "a \\x1b[2Jlunch"',
      '2026-11-21T04:00:00.000Z  restart coder: failed after 0.3 s, by ops (docker exec) - it ended with 1',
      '',
    ]);
  });

  for (const [args, times] of [
    [['coder'], ['01', '02', '04']],
    [['-p', 'writer'], ['03']],
    [['-n', '1'], ['04']],
    [['-n', '0'], []],
    [['--since', '2026-11-21T02:30:00Z', 'coder'], ['04']],
  ] as const)
    it(`answers ${args.join(' ')}`, async () => {
      const { code, stdout } = await history(...args, '--json');
      assert.equal(code, 0);
      const { entries } = (await parseAnswer(stdout)) as { entries: { at: string }[] };
      assert.deepEqual(
        entries.map(({ at }) => at.slice(11, 13)),
        times,
      );
    });

  it('names what was probably meant for a name that was never anybody', async () => {
    const { code, stderr } = await history('codr');
    assert.equal(code, 4);
    assert.match(stderr, /no such gateway 'codr'/);
    home.write({ 'profiles/coder/SOUL.md': '' });
    assert.match((await history('codr')).stderr, /\nDid you mean "coder"\?\n$/);
  });

  it('says so when nothing was changed', async () => {
    assert.match((await history('--since', '2099-01-01T00:00:00Z')).stdout, /^Nothing has been changed/);
  });

  it('refuses a name that cannot be one, and names together with -p', async () => {
    assert.equal((await history('No Such')).code, 2);
    assert.equal((await history('coder', '-p', 'writer')).code, 2);
  });
});
