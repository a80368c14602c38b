import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';

describe('profile create --clone', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
    await fleet.profiles(['coder'], '  stop_timeout: 3\n');
    fleet.home.write({
      'profiles/coder/SOUL.md': 'I am careful.\n',
      'profiles/coder/.env': 'CHAT_TOKEN=s3cret\nAPI_KEY=s3cret\nMODEL=large\n',
    });
  });
  afterEach(() => fleet.stop());
  const read = (file: string) => readFileSync(fleet.file('writer', file), 'utf8');

  it('of a gateway that runs takes neither its state, its locks, its port nor its secrets', async () => {
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run(
      'profile create writer --clone coder --env API_KEY=own --start --json',
    );
    const answer = await parseAnswer(stdout);
    assert.equal(code, 0, stdout);
    assert.deepEqual(answer['clone'], { from: 'coder', left_out: [{ file: '.env', name: 'CHAT_TOKEN' }] });
    assert.equal(read('SOUL.md'), 'I am careful.\n');
    assert.equal(read('.env'), 'MODEL=large\nAPI_KEY=own\n# CHAT_TOKEN=\n');
    assert.equal(statSync(fleet.file('writer', '.env')).mode & 0o777, 0o600);
    assert.equal(read('config.yaml'), `gateway:\n  port: ${String(answer['port'])}\n  stop_timeout: 3\n`);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'ready');
    assert.equal((await fleet.one('gateway status writer'))['state'], 'ready');
  });

  it('says in a sentence what was left empty', async () => {
    const { stdout } = await fleet.run('profile create writer --clone coder');
    assert.match(
      stdout,
      /^writer is created in \S+ \(port \d+\), cloned from coder; left empty, .*: CHAT_TOKEN in \.env, API_KEY in \.env\.\n$/,
    );
    assert.deepEqual(readdirSync(fleet.file('writer', '')).sort(), ['.env', 'SOUL.md', 'config.yaml']);
    assert.match(
      readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8'),
      /"reason":"cloned from coder"/,
    );
  });

  it('takes the default profile too, and --port', async () => {
    fleet.home.write({ 'AGENTS.md': 'rules\n', 'config.yaml': '# mine\n', 'gateway_state.json': '{}' });
    const { code, stderr } = await fleet.run('profile create writer --clone default --port 9123');
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(fleet.file('writer', '')).sort(), [
      '.env',
      'AGENTS.md',
      'SOUL.md',
      'config.yaml',
    ]);
    assert.equal(read('config.yaml'), 'gateway:\n  port: 9123\n');
    assert.equal(read('SOUL.md'), '# writer\n');
  });

  const refusals: readonly [string, string, number, RegExp][] = [
    ['a profile that does not exist, with the nearest', 'codr', 4, /no profile codr\nDid you mean "coder"/],
    ['a name that is none', '../coder', 2, /is no profile name/],
    ['a config.yaml that cannot work', 'broken', 78, /config\.yaml, line 2: gateway\.port/],
  ];
  for (const [what, from, exit, words] of refusals)
    it(`refuses ${what}, and leaves nothing`, async () => {
      fleet.home.write({
        'profiles/broken/SOUL.md': '',
        'profiles/broken/config.yaml': 'gateway:\n  port: many\n',
      });
      const { code, stderr } = await fleet.run(`profile create writer --clone ${from}`);
      assert.match(stderr, words);
      assert.equal(code, exit);
      assert.deepEqual(readdirSync(fleet.home.file('profiles')), ['broken', 'coder']);
    });
});
