import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { entry, startHermes } from '../../helpers/cli.ts';

describe('a reader that goes away', () => {
  for (const words of [['--help'], ['gateway', 'run', '--help'], ['profile', 'list', '--no-such-flag']])
    it(`ends hermes ${words.join(' ')} without a word`, async () => {
      const child = startHermes(words);
      let stderr = '';
      child.stdout?.destroy();
      child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, words.includes('--help') ? 0 : 2);
      assert.doesNotMatch(stderr, /EPIPE|Warning/);
    });

  it('is none of our business on stderr either', async () => {
    const child = startHermes(['profile', 'list', '--no-such-flag']);
    child.stderr?.destroy();
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 2);
  });
});

describe('a full volume behind stdout', () => {
  for (const words of [['--version'], ['--help'], ['gateway', 'start', '--help'], ['nothing', '--json']])
    it(`fails hermes ${words.join(' ')} in one sentence on stderr`, () => {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', '"$@" >/dev/full', 'sh', process.execPath, '--', entry, ...words],
        { encoding: 'utf8' },
      );
      assert.equal(stderr, 'Error: cannot write to stdout: no space is left\n');
      assert.equal(status, 1);
    });

  it('leaves the exit code where stderr is full, too', () => {
    const shell = ['-c', '"$@" >/dev/full 2>&1', 'sh', process.execPath, '--', entry, 'nothing', '--json'];
    assert.equal(spawnSync('sh', shell).status, 1);
  });
});
