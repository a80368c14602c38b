import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { runHermes } from '../../helpers/cli.ts';
import { tempHome } from '../../helpers/home.ts';

describe('a user without a home of its own', () => {
  const home = tempHome();
  after(() => home.remove());

  for (const HOME of ['', '/'])
    it(`needs HERMES_HOME and no more, with HOME="${HOME}"`, async () => {
      if (process.getuid?.() !== 0) return;
      const user = { env: { HOME }, as: 54_321 };
      const { code, stderr } = await runHermes(['profile', 'list'], user);
      assert.match(stderr, /^Error: HERMES_HOME is not set, and this user has no home directory\nSay where/);
      assert.equal(code, 78);
      assert.equal((await runHermes(['profile', 'list'], { ...user, home: home.path })).code, 0);
    });

  it('is told nothing of the home of another that it may not enter', async () => {
    const closed = home.file('closed');
    mkdirSync(`${closed}/.local/share`, { recursive: true, mode: 0o700 });
    const { stderr } = await runHermes(['profile', 'list'], {
      env: { HOME: closed },
      home: home.path,
      ...(process.getuid?.() === 0 && { as: 54_321 }),
    });
    assert.equal(stderr, '');
  });
});
