import assert from 'node:assert/strict';
import { runHermes, runJson } from '../helpers/cli.ts';
import { freePort } from '../helpers/free-port.ts';
import { profileTree, tempHome, type TempHome } from '../helpers/home.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';

describe('profile list', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  before(async () => {
    home = tempHome({
      ...profileTree('writer', 9001),
      'profiles/broken/SOUL.md': '',
      'profiles/broken/config.yaml': 'gateway:\n  port: many\n',
      'profiles/none/SOUL.md': '',
      'profiles/no-soul/file': '',
    });
    tree = await startTree({ env: { HERMES_HOME: home.path } });
    const made = await runHermes(['profile', 'create', 'coder', '--port', String(await freePort())], {
      home: home.path,
      scandir: tree.scandir,
    });
    assert.equal(made.code, 0, made.stderr);
  });
  after(async () => {
    await tree.stop();
    await home.remove();
  });

  it('shows name, home, port and slot of every profile, default first', async () => {
    const { json, code } = await runJson(['profile', 'list'], { home: home.path, scandir: tree.scandir });
    assert.equal(code, 0);
    const { schema, profiles } = json as {
      schema: string;
      profiles: { name: string; port: number | null }[];
    };
    assert.equal(schema, 'hermes.profile.list/1');
    assert.deepEqual(
      profiles.map(({ name }) => name),
      ['default', 'broken', 'coder', 'none', 'writer'],
    );
    assert.deepEqual(profiles[0], { name: 'default', home: home.path, port: 8642, registered: false });
    assert.deepEqual(profiles[4], {
      name: 'writer',
      home: home.file('profiles/writer'),
      port: 9001,
      registered: false,
    });
    assert.deepEqual(
      { ...profiles[2], port: 0 },
      {
        name: 'coder',
        home: home.file('profiles/coder'),
        port: 0,
        registered: true,
      },
    );
    assert.equal(profiles[1]?.port, null);
    assert.equal(profiles[3]?.port, null);
  });

  it('is a table for people, and names a config.yaml that is broken without failing', async () => {
    const { code, stdout, stderr } = await runHermes(['profile', 'list'], {
      home: home.path,
      scandir: tree.scandir,
    });
    assert.equal(code, 0);
    assert.match(stdout, /^NAME +PORT +SLOT +HOME\ndefault +8642 +no +\S+\nbroken +- +no/);
    assert.match(stdout, /\ncoder +[0-9]+ +yes +\S+\/profiles\/coder\n/);
    assert.match(stderr, /^broken: .*config\.yaml, line 2: gateway\.port must be a whole number/);
    assert.ok(!stdout.includes('no-soul'));
  });

  it('is the same from the home of a named profile', async () => {
    const both = await Promise.all(
      [home.path, home.file('profiles/coder')].map((path) =>
        runHermes(['profile', 'list', '--json'], { home: path, scandir: tree.scandir }),
      ),
    );
    assert.equal(both[0]?.stdout, both[1]?.stdout);
  });

  it('of a home that does not exist is empty', async () => {
    const { json, code } = await runJson(['profile', 'list'], { home: home.file('missing') });
    assert.equal(code, 0);
    assert.deepEqual(json, { schema: 'hermes.profile.list/1', profiles: [] });
  });

  it('refuses words it has no use for', async () => {
    assert.equal((await runHermes(['profile', 'list', 'coder'], { home: home.path })).code, 2);
  });
});
