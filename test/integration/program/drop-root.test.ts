import assert from 'node:assert/strict';
import { chownSync, rmSync, statSync } from 'node:fs';
import { parseAnswer } from '../../helpers/answer.ts';
import { runHermes } from '../../helpers/cli.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';
import { nobody, temporaryScandir } from '../../helpers/tree.ts';

const isRoot = process.geteuid?.() === 0;

describe('who the program is', () => {
  let home: TempHome;
  const scandir = temporaryScandir();
  beforeEach(() => (home = tempHome()));
  afterEach(() => home.remove());
  after(() => rmSync(scandir, { recursive: true, force: true }));

  const create = (env: Record<string, string>) =>
    runHermes(['profile', 'create', 'coder'], { home: home.path, scandir, env });
  const owner = () => statSync(home.file('profiles/coder/SOUL.md')).uid;

  it('a HERMES_USER that does not exist is refused before anything is written', async () => {
    const { code, stderr } = await create({ HERMES_USER: 'no-such-user' });
    assert.equal(code, 78);
    assert.match(stderr, /^Error: HERMES_USER names "no-such-user", and \/etc\/passwd has no such user\n/);
    assert.throws(() => statSync(home.file('profiles')));
  });

  it('and in JSON likewise', async () => {
    const env = { HERMES_USER: 'no-such-user' };
    const { code, stdout } = await runHermes(['profile', 'list', '--json'], {
      home: home.path,
      scandir,
      env,
    });
    assert.equal((await parseAnswer(stdout))['schema'], 'hermes.error/1');
    assert.equal(code, 78);
  });

  if (isRoot) {
    it('under s6, root becomes the runtime user before anything is written', async () => {
      for (const dir of [home.path, scandir]) chownSync(dir, nobody.uid, nobody.gid);
      assert.equal((await create({ HERMES_USER: 'nobody' })).code, 0);
      assert.equal(owner(), nobody.uid);
    });

    it('cannot write what the runtime user cannot', async () => {
      assert.equal((await create({ HERMES_USER: 'nobody' })).code, 77);
      assert.throws(() => statSync(home.file('profiles/coder')));
    });

    for (const yes of ['1', 'true', 'YES'])
      it(`HERMES_DOCKER_EXEC_AS_ROOT=${yes} keeps root`, async () => {
        const { code, stderr } = await create({ HERMES_USER: 'nobody', HERMES_DOCKER_EXEC_AS_ROOT: yes });
        assert.equal(code, 0, stderr);
        assert.equal(statSync(home.file('profiles')).isDirectory(), true);
      });

    it('any other value of it does not', async () => {
      assert.equal((await create({ HERMES_USER: 'nobody', HERMES_DOCKER_EXEC_AS_ROOT: '0' })).code, 77);
    });
  }
});
