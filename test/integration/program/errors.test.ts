import assert from 'node:assert/strict';
import { parseAnswer } from '../../helpers/answer.ts';
import { runHermes } from '../../helpers/cli.ts';

const told = async (words: string) => {
  const { code, stdout, stderr } = await runHermes(words.split(' '));
  return { code, stdout, stderr: stderr.trimEnd().split('\n') };
};

describe('a command line that cannot be', () => {
  it('names the nearest command for an unknown one', async () => {
    const { code, stdout, stderr } = await told('gateway runn');
    assert.deepEqual(stderr, ["Error: no such command 'gateway runn'", 'Did you mean "hermes gateway run"?']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
  });

  it('sends to the help when nothing is near', async () => {
    assert.deepEqual((await told('frobnicate')).stderr, [
      "Error: no such command 'frobnicate'",
      'See "hermes --help".',
    ]);
  });

  it('finds the command whose topic was left out', async () => {
    for (const words of ['start', 'start coder', '-p coder start'])
      assert.deepEqual((await told(words)).stderr.slice(1), ['Did you mean "hermes gateway start"?'], words);
  });

  it('finds the command that was misspelled before names', async () => {
    for (const words of ['gateway strat coder', 'gatway start coder writer'])
      assert.deepEqual((await told(words)).stderr.slice(1), ['Did you mean "hermes gateway start"?'], words);
  });

  it('names the word that a command does not take', async () => {
    const { code, stderr } = await told('gateway install coder');
    assert.deepEqual(stderr, [
      'Error: "hermes gateway install" takes no such word: coder',
      'See "hermes gateway install --help"; one profile is meant with -p NAME.',
    ]);
    assert.equal(code, 2);
  });

  it('does the same when help for it is asked', async () => {
    for (const words of ['gateway runn --help', 'help gateway runn']) {
      const { code, stderr } = await told(words);
      assert.equal(stderr[0], "Error: no such command 'gateway runn'", words);
      assert.equal(code, 2, words);
    }
  });

  it('names a flag that does not exist and where flags are listed', async () => {
    const { code, stderr } = await told('profile list --frobnicate');
    assert.deepEqual(stderr, ['Error: Nonexistent flag: --frobnicate', 'See "hermes profile list --help".']);
    assert.equal(code, 2);
  });

  for (const words of [
    'gateway runn --json',
    'frobnicate --json --token=hush',
    'profile list --frobnicate=hush --json',
    'profile list hush --json',
    'gateway runn --help --json',
    '-p hush gateway runn --json',
    'gateway --json',
    '--json',
    'help gateway --json',
    'help --frobnicate --json',
  ])
    it(`answers in JSON: hermes ${words}`, async () => {
      const { code, stdout, stderr } = await runHermes(words.split(' '));
      const answer = await parseAnswer(stdout);
      assert.equal(answer['schema'], 'hermes.error/1');
      assert.equal((answer['error'] as { code: string }).code, 'USAGE');
      assert.equal(stderr, '');
      assert.equal(code, 2);
    });

  it('never shows the environment or the configuration in JSON', async () => {
    const { stdout } = await runHermes(['profile', 'list', '--frobnicate', '--json'], {
      env: { API_KEY: 'hush' },
    });
    assert.doesNotMatch(stdout, /hush|argv|config/);
  });

  for (const more of [[], ['--json']])
    it(`never shows what was given to a flag that does not exist${more.join('')}`, async () => {
      const { code, stdout, stderr } = await runHermes([
        'profile',
        'create',
        'x',
        '--evn=KEY=a hush',
        ...more,
      ]);
      assert.equal(code, 2);
      assert.match(stdout + stderr, /Nonexistent flag: --evn\b/);
      assert.doesNotMatch(stdout + stderr, /KEY|hush/);
    });

  it('shows no stack unless DEBUG asks for it', async () => {
    const words = ['profile', 'list', '--frobnicate'];
    assert.doesNotMatch((await runHermes(words)).stderr, /\bat .*:\d+/);
    assert.match((await runHermes(words, { env: { DEBUG: '*' } })).stderr, /\bat .*:\d+/);
  });
});
