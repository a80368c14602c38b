import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readConfig } from '../../src/lib/profile/config.ts';
import { parseDotenv } from '../../src/lib/profile/dotenv.ts';
import { runHermes, runJson, type Answer } from '../helpers/cli.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { freePort } from '../helpers/free-port.ts';
import { tempHome } from '../helpers/home.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { nobody } from '../helpers/tree.ts';

describe('profile create', () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet();
  });
  after(() => fleet.stop());
  const create = (...args: string[]): Promise<Answer> =>
    runHermes(['profile', 'create', ...args], { home: fleet.home.path, scandir: fleet.tree.scandir });

  it('makes the home and a supervised slot that is down, and says where and on which port', async () => {
    const { code, stdout, stderr } = await create('coder');
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const { port } = await readConfig(fleet.home.file('profiles/coder'));
    assert.ok(port !== null && port >= 8643);
    assert.equal(stdout, `coder is created in ${fleet.home.file('profiles/coder')} (port ${port}).\n`);
    assert.ok(existsSync(`${fleet.tree.scandir}/gateway-coder/down`));
    assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-coder').length, 1);
    assert.ok(!existsSync(fleet.home.file('profiles/coder/gateway_state.json')));
    assert.match(
      readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8'),
      /"profile":"coder","action":"create"/,
    );
  });

  it('takes variables before and behind the name, and from a file, which they win over', async () => {
    writeFileSync(fleet.home.file('more.env'), "# secrets\nexport A=file\nC='x # y'\n");
    const port = String(await freePort());
    const words = [
      '--env',
      'A=1',
      '--env',
      'B=a=b c',
      'words',
      '--env-file',
      fleet.home.file('more.env'),
      '--port',
      port,
    ];
    assert.equal((await create(...words)).code, 0);
    const file = fleet.home.file('profiles/words/.env');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(Object.fromEntries(parseDotenv(readFileSync(file, 'utf8'))), {
      A: '1',
      B: 'a=b c',
      C: 'x # y',
    });
    assert.equal((await readConfig(fleet.home.file('profiles/words'))).port, Number(port));
  });

  it('starts nothing unless asked, and with --start waits until the gateway is ready', async () => {
    const { code, stdout } = await create('eager', '--start', '--port', String(await freePort()));
    assert.match(stdout, /^eager is created in .*\neager is up and ready \(pid [0-9]+, [0-9.]+ s\)\.\n$/);
    assert.equal(code, 0);
    assert.match(
      readFileSync(fleet.home.file('profiles/eager/gateway_state.json'), 'utf8'),
      /"desired_state": ?"running"/,
    );
  });

  it('without s6 and with --start is 69, and the profile is made', async () => {
    const { code, stdout, stderr } = await runHermes(['profile', 'create', 'waiting', '--start'], {
      home: fleet.home.path,
    });
    assert.match(stdout, /^waiting is created in /);
    assert.match(stderr, /Error: .*no service manager serves here: PID 1 is /);
    assert.equal(code, 69);
    assert.ok(existsSync(fleet.home.file('profiles/waiting/SOUL.md')));
  });

  it('shows all of it as JSON', async () => {
    const port = await freePort();
    const { json } = await runJson(['profile', 'create', 'shown', '--port', String(port)], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    assert.deepEqual(json, {
      schema: 'hermes.profile.create/1',
      name: 'shown',
      home: fleet.home.file('profiles/shown'),
      port,
      registered: true,
      clone: null,
      start: null,
    });
  });

  it('without s6 makes the profile all the same and says so', async () => {
    const { code, stdout, stderr } = await runHermes(['profile', 'create', 'alone'], {
      home: fleet.home.path,
    });
    assert.equal(code, 0);
    assert.match(stdout, /^alone is created in /);
    assert.match(stderr, /^no s6 here \(PID 1 is .*\): the profile is made all the same/);
    assert.ok(existsSync(fleet.home.file('profiles/alone/SOUL.md')));
  });

  it('finds the root from the home of a named profile', async () => {
    const options = { home: fleet.home.file('profiles/coder'), scandir: fleet.tree.scandir };
    assert.equal((await runHermes(['profile', 'create', 'sibling'], options)).code, 0);
    assert.ok(existsSync(fleet.home.file('profiles/sibling/SOUL.md')));
  });

  if (process.geteuid?.() === 0) {
    it('by a root that stays root leaves everything to the runtime user', async () => {
      const own = tempHome();
      const { code, stderr } = await runHermes(['profile', 'create', 'given'], {
        home: own.path,
        env: { HERMES_USER: 'nobody', HERMES_DOCKER_EXEC_AS_ROOT: '1' },
      });
      assert.equal(code, 0, stderr);
      const made = ['', 'given', 'given/SOUL.md', 'given/config.yaml', 'given/.env'];
      const paths = [...made.map((path) => `profiles/${path}`), 'logs/gateways/given'];
      for (const path of paths) assert.equal(statSync(own.file(path)).uid, nobody.uid, path);
      await own.remove();
    });
  }

  describe('refuses, in one sentence and with nothing changed on disk,', () => {
    const snapshot = () => [
      ...readdirSync(fleet.home.file('profiles')).sort(),
      ...readdirSync(fleet.tree.scandir).sort(),
      readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8'),
    ];
    const cases: readonly [string, readonly string[], number, RegExp][] = [
      ['a bad name', ['Bad/Name'], 2, /"Bad\/Name" is no profile name/],
      ['a name that ends in a newline', ['coder\n'], 2, /is no profile name/],
      ['an empty name', [''], 2, /is no profile name/],
      ['a long name', ['x'.repeat(65)], 2, /longer than 64/],
      ['a reserved name', ['hermes'], 2, /"hermes" is a reserved name/],
      ['the root profile', ['Default'], 2, /reserved/],
      ['a name that is taken', ['coder'], 1, /profile coder exists already/],
      ['no name', [], 2, /NAME is missing/],
      ['two names', ['a', 'b'], 2, /Unexpected argument: b/],
      ['a port of 0', ['x', '--port', '0'], 2, /--port/],
      ['a port of 65536', ['x', '--port', '65536'], 2, /--port/],
      ['a port that is a word', ['x', '--port', 'http'], 2, /--port/],
      ['a variable without a value', ['x', '--env', 'A'], 2, /it has no "="/],
      ['a variable with a bad key', ['x', '--env', 'A-B=s3cret'], 2, /"A-B" is no name of a variable/],
      ['a variable of Hermes itself', ['x', '--env', 'HERMES_HOME=s3cret'], 2, /HERMES_HOME is Hermes's own/],
      [
        'a variable file that is missing',
        ['x', '--env-file', '/nowhere/x.env'],
        2,
        /x\.env cannot be read: there is no such file/,
      ],
      [
        'a variable file that is a directory',
        ['x', '--env-file', '/tmp'],
        2,
        /\/tmp cannot be read: it is a directory/,
      ],
      [
        'a variable file in another encoding',
        ['x', '--env-file', '/bin/sh'],
        78,
        /\/bin\/sh: it is not UTF-8 text/,
      ],
      ['a variable file that is none', ['x', '--env-file', '/etc/passwd'], 78, /\/etc\/passwd, line 1/],
      ['an unknown flag', ['x', '--prot', '1'], 2, /prot/],
    ];
    for (const [what, args, exit, words] of cases)
      it(what, async () => {
        const before = snapshot();
        const { code, stdout, stderr } = await create(...args);
        assert.match(stderr, words);
        assert.match(stderr, /^Error: [^\n]+\n([^\n]+\n)?$/);
        assert.ok(!stderr.includes('s3cret'));
        assert.equal(stdout, '');
        assert.equal(code, exit);
        assert.deepEqual(snapshot(), before);
      });

    it('a port that another profile names, with one that is free', async () => {
      const { port } = await readConfig(fleet.home.file('profiles/coder'));
      const { code, stderr } = await create('x', '--port', String(port));
      assert.match(stderr, /is the port of profile coder\nTake --port [0-9]+, which is free\.\n$/);
      assert.equal(code, 1);
      assert.ok(!existsSync(fleet.home.file('profiles/x')));
    });
  });

  it('takes the profile along when its slot cannot be made', async () => {
    const scandir = fleet.home.file('scandir-that-is-a-file');
    writeFileSync(scandir, '');
    const { code } = await runHermes(['profile', 'create', 'slotless'], { home: fleet.home.path, scandir });
    assert.notEqual(code, 0);
    assert.ok(!existsSync(fleet.home.file('profiles/slotless')));
  });
});
