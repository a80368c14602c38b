import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { bashOffers, setUp, zshCompletes } from '../helpers/completion.ts';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';

describe('completion', () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet();
    await fleet.profiles(['running', 'resting']);
    await fleet.run('gateway start running');
    setUp(where());
  });
  after(() => fleet.stop());
  const where = () => ({ home: fleet.home.path, scandir: fleet.tree.scandir });
  const bash = (line: string) => bashOffers(where(), line.split(' '));

  const cases: readonly [string, string, readonly string[]][] = [
    ['topics and commands', 'hermes ', ['autocomplete', 'boot', 'doctor', 'gateway', 'help', 'profile']],
    ['the commands of a topic', 'hermes gateway sta', ['start', 'status']],
    ['profiles that are not up, to start', 'hermes gateway start ', ['default', 'resting']],
    ['profiles that are up, to stop', 'hermes gateway stop ', ['running']],
    ['profiles that are up, to restart', 'hermes gateway restart ', ['running']],
    [
      'all profiles for status, save those typed already',
      'hermes gateway status running ',
      ['default', 'resting'],
    ],
    ['profiles behind -p, by verb too', 'hermes gateway stop -p ', ['running']],
    ['all profiles behind -p before the topic', 'hermes -p r', ['resting', 'running']],
    ['profiles behind a flag before the topic', 'hermes -p running gateway stat', ['status']],
    ['profiles to clone', 'hermes profile create new --clone re', ['resting']],
    ['profiles to clone behind "="', 'hermes profile create new --clone = re', ['resting']],
    ['no name for one that is to be new', 'hermes profile create ', []],
    ['no second name where one is taken', 'hermes profile show running ', []],
    ['flags', 'hermes gateway start --no', ['--no-wait']],
    ['nothing for a value that nobody can guess', 'hermes gateway stop --reason ', []],
    ['flags behind a name', 'hermes gateway logs running --prev', ['--previous']],
    ['the words that a flag takes', 'hermes gateway wait running --for ', ['down', 'ready']],
  ];
  for (const [what, line, offers] of cases)
    it(`of bash offers ${what}`, () => assert.deepEqual(bash(line), offers));

  it('of bash offers files and directories where they are wanted', () => {
    fleet.home.write({ 'secrets.env': '', 'seconds/': '' });
    assert.deepEqual(bash('hermes profile create new --env-file sec'), ['seconds', 'secrets.env']);
    assert.deepEqual(bash('hermes boot supervise --scandir sec'), ['seconds']);
  });

  it('never says a word where there is nothing to offer', () => {
    assert.deepEqual(bash('hermes gatway '), []);
    fleet.home.write({ 'empty/': '' });
    const missing = { home: fleet.home.file('empty'), scandir: '/nowhere' };
    setUp(missing);
    assert.deepEqual(bashOffers(missing, ['hermes', 'gateway', 'stop', '']), []);
  });

  describe('of zsh, on a terminal,', () => {
    before(function () {
      // A machine without zsh has nobody to complete for; CI has one.
      if (!existsSync('/usr/bin/zsh') && process.env['CI'] !== 'true') this.skip();
    });
    for (const [line, completed] of [
      ['hermes gat', 'hermes gateway '],
      ['hermes gateway stop ', 'hermes gateway stop running '],
      ['hermes gateway start re', 'hermes gateway start resting '],
      ['hermes -p run', 'hermes -p running '],
      ['hermes gateway start --no', 'hermes gateway start --no-wait '],
    ] as const)
      it(`makes "${completed}" of "${line}"`, () => assert.equal(zshCompletes(where(), line), completed));
  });

  it('names the file that a shell reads, and asks for the shell where it cannot know it', async () => {
    const env = { HOME: fleet.home.path, SHELL: '/bin/zsh' };
    for (const words of ['autocomplete --json', 'autocomplete script --json']) {
      const { shell, setup } = await parseAnswer((await fleet.run(words, { env })).stdout);
      assert.equal(shell, 'zsh');
      assert.equal(existsSync(String(setup)), true);
    }
    const quiet = await fleet.run('autocomplete bash --refresh-cache', { env });
    assert.deepEqual([quiet.code, quiet.stdout], [0, '']);
    const other = await fleet.run('autocomplete', { env: { ...env, SHELL: '/bin/sh' } });
    assert.equal(other.code, 2);
    assert.match(other.stderr, /SHELL names neither\nName yours: "hermes autocomplete bash"\.\n$/);
    assert.equal((await fleet.run('autocomplete fish', { env })).code, 2);
  });

  it('says which file it could not write', async () => {
    fleet.home.write({ 'a-file': '' });
    const { code, stderr } = await fleet.run('autocomplete bash', {
      env: { XDG_CACHE_HOME: fleet.home.file('a-file') },
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Error: \S+\/a-file\/hermes cannot be made\nName a directory that can: XDG_CACHE_HOME=/,
    );
  });

  it('offers names as JSON too', async () => {
    const { stdout } = await fleet.run('autocomplete names --for up --json');
    assert.deepEqual((await parseAnswer(stdout))['names'], ['running']);
  });
});
