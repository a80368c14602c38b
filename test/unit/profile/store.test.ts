import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { Failure } from '../../../src/lib/failure.ts';
import { tryLock } from '../../../src/lib/files/lock.ts';
import { readConfig } from '../../../src/lib/profile/config.ts';
import { createProfile } from '../../../src/lib/profile/create.ts';
import { parseDotenv } from '../../../src/lib/profile/dotenv.ts';
import { rootHome } from '../../../src/lib/profile/home.ts';
import { parseProfileName } from '../../../src/lib/profile/name.ts';
import { profilesLockPath } from '../../../src/lib/profile/paths.ts';
import { listProfiles, profileExists, removeProfile, sweepStaging } from '../../../src/lib/profile/store.ts';
import { freePort } from '../../helpers/free-port.ts';
import { profileTree, tempHome, type TempHome } from '../../helpers/home.ts';
import { until } from '../../helpers/until.ts';

const failure = (exit: number, words: RegExp) => (error: unknown) =>
  error instanceof Failure &&
  error.exit === exit &&
  words.test(error.message) &&
  !error.message.includes('\n');
const named = parseProfileName;
const none: ReadonlyMap<string, string> = new Map();

describe('the profiles of a home', () => {
  let home: TempHome;
  const root = () => rootHome({ HERMES_HOME: home.path }, '');
  const create = (name: string, more: { env?: ReadonlyMap<string, string>; port?: number } = {}) =>
    createProfile({ root: root(), runtimeUser: null }, { name: named(name), env: none, ...more });
  beforeEach(() => (home = tempHome()));
  afterEach(() => home.remove());

  it('are default first, then the others in byte order; only directories with SOUL.md count', () => {
    home.write({
      'profiles/b-a/SOUL.md': '',
      'profiles/b_a/SOUL.md': '',
      'profiles/b/SOUL.md': '',
      'profiles/0/SOUL.md': '',
      'profiles/Upper/SOUL.md': '',
      'profiles/default/SOUL.md': '',
      'profiles/.staging-x.1/SOUL.md': '',
      'profiles/no-soul/': '',
      'profiles/file': '',
    });
    symlinkSync('nowhere', home.file('profiles/no-soul/SOUL.md'));
    assert.deepEqual(listProfiles(root()), ['default', '0', 'b', 'b-a', 'b_a']);
    assert.deepEqual(listProfiles(rootHome({ HERMES_HOME: home.file('missing') }, '')), []);
    assert.ok(profileExists(root(), named('default')));
    assert.ok(profileExists(root(), named('b')));
    assert.ok(!profileExists(root(), named('no-soul')));
  });

  it('begin with SOUL.md, config.yaml and a private .env', async () => {
    const port = await freePort();
    const created = await create('coder', { env: new Map([['TOKEN', "a 'b'\nc"]]), port });
    assert.deepEqual(created, { home: home.file('profiles/coder'), port });
    assert.deepEqual(readdirSync(created.home).sort(), ['.env', 'SOUL.md', 'config.yaml']);
    assert.equal(statSync(`${created.home}/.env`).mode & 0o777, 0o600);
    assert.deepEqual(
      parseDotenv(readFileSync(`${created.home}/.env`, 'utf8')),
      new Map([['TOKEN', "a 'b'\nc"]]),
    );
    assert.equal((await readConfig(created.home)).port, port);
    assert.deepEqual(readdirSync(home.file('profiles')), ['coder']);
    assert.ok(statSync(home.file('logs/gateways/coder')).isDirectory());
  });

  it('get ports that no other profile names and nobody uses', async () => {
    home.write(profileTree('first', 8643));
    home.write({ 'config.yaml': 'gateway: {port: 8644}\n' });
    home.write({ 'profiles/broken/SOUL.md': '', 'profiles/broken/config.yaml': 'gateway: [\n' });
    const server = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const { port: chosen } = await create('second');
      assert.ok(chosen !== null && chosen > 8644);
      await assert.rejects(
        create('third', { port: 8643 }),
        failure(1, /port 8643 is the port of profile first/),
      );
      await assert.rejects(create('third', { port: 8644 }), failure(1, /the port of profile default/));
      await assert.rejects(create('third', { port }), failure(1, /is in use on 127\.0\.0\.1/));
    } finally {
      server.close();
    }
    assert.ok(!existsSync(home.file('profiles/third')));
  });

  it('made at the same time get different ports', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const made = await Promise.all(names.map((name) => create(name)));
    assert.equal(new Set(made.map(({ port }) => port)).size, names.length);
    const twice = await Promise.allSettled([create('g'), create('g')]);
    assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('are made as a whole or not at all', async () => {
    home.write({ 'profiles/taken/SOUL.md': 'mine', 'profiles/other/file': '', 'profiles/plain': '' });
    const before = readdirSync(home.file('profiles')).sort();
    await assert.rejects(create('taken'), failure(1, /^profile taken exists already$/));
    await assert.rejects(create('other'), failure(1, /is no profile: it has no SOUL\.md/));
    await assert.rejects(create('plain'), failure(1, /is no profile/));
    for (const name of ['default', 'root', 'hermes', 'test', 'tmp', 'sudo'])
      await assert.rejects(create(name), failure(2, /reserved/));
    await assert.rejects(create('x'.repeat(65)), failure(2, /longer than 64/));
    home.write({ 'logs/gateways/blocked': 'a file' });
    await assert.rejects(create('blocked'), failure(1, /cannot make the profile blocked .*EEXIST/));
    assert.deepEqual(readdirSync(home.file('profiles')).sort(), before);
    assert.equal(readFileSync(home.file('profiles/taken/SOUL.md'), 'utf8'), 'mine');
  });

  it('cannot be made below something that is no directory', async () => {
    home.write({ profiles: 'a file' });
    await assert.rejects(create('coder'), failure(1, /cannot make the profile coder/));
    assert.equal(readFileSync(home.file('profiles'), 'utf8'), 'a file');
  });

  it('are gone with their logs when removed', async () => {
    await create('coder', { port: await freePort() });
    home.write({ 'profiles/coder/workspace/deep/file': '', 'logs/gateways/coder/current': '' });
    assert.deepEqual(removeProfile(root(), named('coder')), { kept: null });
    assert.deepEqual(readdirSync(home.file('profiles')), []);
    assert.deepEqual(readdirSync(home.file('logs/gateways')), []);
  });

  it('that are a link lose the link only', () => {
    home.write({ 'elsewhere/SOUL.md': '', 'profiles/': '' });
    symlinkSync(home.file('elsewhere'), home.file('profiles/linked'));
    assert.deepEqual(listProfiles(root()), ['default', 'linked']);
    assert.deepEqual(removeProfile(root(), named('linked')), { kept: home.file('elsewhere') });
    assert.ok(existsSync(home.file('elsewhere/SOUL.md')));
    assert.deepEqual(readdirSync(home.file('profiles')), []);
  });

  it('that hold links do not lose what these lead to', () => {
    home.write({ 'elsewhere/file': '', 'profiles/coder/SOUL.md': '' });
    symlinkSync(home.file('elsewhere'), home.file('profiles/coder/link'));
    removeProfile(root(), named('coder'));
    assert.ok(existsSync(home.file('elsewhere/file')));
  });

  it('that are reserved or missing are never removed', () => {
    assert.throws(() => removeProfile(root(), named('default')), failure(2, /reserved/));
    assert.throws(
      () => removeProfile(root(), named('missing')),
      failure(1, /cannot remove .*: there is no such directory/),
    );
    assert.ok(existsSync(home.path));
  });

  it('have their staging leftovers swept, but not while somebody makes one', () => {
    home.write({ 'profiles/.staging-coder.123/SOUL.md': '', 'profiles/coder/SOUL.md': '' });
    const lock = tryLock(profilesLockPath(root()));
    assert.deepEqual(sweepStaging(root()), []);
    lock?.release();
    assert.deepEqual(sweepStaging(root()), [home.file('profiles/.staging-coder.123')]);
    assert.deepEqual(sweepStaging(root()), []);
    assert.deepEqual(listProfiles(root()), ['default', 'coder']);
    assert.deepEqual(sweepStaging(rootHome({ HERMES_HOME: home.file('missing') }, '')), []);
  });

  it('are none when their making is killed at any moment', async () => {
    const module = new URL('../../../src/lib/profile/create.ts', import.meta.url).href;
    const program = `
      import { createProfile } from ${JSON.stringify(module)};
      const site = { root: ${JSON.stringify(home.path)}, runtimeUser: null };
      for (let i = 0; ; i++) await createProfile(site, { name: 'p' + i, env: new Map([['A', '1']]) });
    `;
    mkdirSync(home.file('profiles'));
    for (let round = 1; round <= 3; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
      await until(() => listProfiles(root()).length > 2, 'some profiles are made');
      child.kill('SIGKILL');
      await once(child, 'exit');
      sweepStaging(root());
      for (const name of readdirSync(home.file('profiles'))) {
        const files = readdirSync(home.file(`profiles/${name}`)).sort();
        assert.deepEqual(files, ['.env', 'SOUL.md', 'config.yaml'], name);
        removeProfile(root(), named(name));
      }
    }
  });
});
