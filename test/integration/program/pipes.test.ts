import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startHermes } from '../../helpers/cli.ts';

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
