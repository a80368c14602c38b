import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { tryLock } from '../../src/lib/files/lock.ts';
import { writeAtomic } from '../../src/lib/files/atomic-write.ts';
import { readRegular } from '../../src/lib/files/read.ts';
import { Failure } from '../../src/lib/failure.ts';
import { runHermes, type Answer } from '../helpers/cli.ts';
import { freePort } from '../helpers/free-port.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';

const denied = (error: unknown) =>
  error instanceof Failure && error.exit === 77 && !error.message.includes('\n');

describe('profiles of an unprivileged operator', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  beforeEach(async () => {
    home = tempHome({ 'profiles/': '' });
    tree = await startTree({ env: { HERMES_HOME: home.path } });
  });
  afterEach(async () => {
    await tree.stop();
    await home.remove();
  });
  const hermes = (...args: string[]): Promise<Answer> =>
    runHermes(args, { home: home.path, scandir: tree.scandir });

  it('are created, started and deleted like anybody else', async () => {
    const made = await hermes('profile', 'create', 'coder', '--start', '--port', String(await freePort()));
    assert.equal(made.code, 0, made.stderr);
    const gone = await hermes('profile', 'delete', 'coder', '--yes');
    assert.equal(gone.code, 0, gone.stderr);
    assert.deepEqual(readdirSync(home.file('profiles')), []);
  });

  it('are not created where they may not write: 77 and nothing changed', async () => {
    chmodSync(home.file('profiles'), 0o555);
    const { code, stderr } = await hermes('profile', 'create', 'coder');
    chmodSync(home.file('profiles'), 0o755);
    assert.match(stderr, /^Error: cannot make the profile coder in .*: permission denied\n$/);
    assert.equal(code, 77);
    assert.deepEqual(readdirSync(home.file('profiles')), []);
    assert.ok(!existsSync(`${tree.scandir}/gateway-coder`));
  });

  it('are not created without the slot that was denied: 77 and no profile', async () => {
    chmodSync(tree.scandir, 0o555);
    const { code } = await hermes('profile', 'create', 'coder', '--port', String(await freePort()));
    chmodSync(tree.scandir, 0o755);
    assert.equal(code, 77);
    assert.deepEqual(readdirSync(home.file('profiles')), []);
  });

  it('are not deleted where the slot may not be taken away: 77, and the files stay', async () => {
    const made = await hermes('profile', 'create', 'coder', '--port', String(await freePort()));
    assert.equal(made.code, 0, made.stderr);
    chmodSync(tree.scandir, 0o555);
    const { code } = await hermes('profile', 'delete', 'coder', '--yes');
    chmodSync(tree.scandir, 0o755);
    assert.equal(code, 77);
    assert.ok(existsSync(home.file('profiles/coder/SOUL.md')));
  });

  it('take no variables from a file that is denied', async () => {
    home.write({ 'secrets.env': 'A=1' });
    chmodSync(home.file('secrets.env'), 0o000);
    const { code, stderr } = await hermes(
      'profile',
      'create',
      'coder',
      '--env-file',
      home.file('secrets.env'),
    );
    assert.match(stderr, /secrets\.env cannot be read: permission denied/);
    assert.equal(code, 77);
    assert.deepEqual(readdirSync(home.file('profiles')), []);
  });

  it('are listed although the config.yaml of one is denied', async () => {
    home.write({ 'profiles/coder/SOUL.md': '', 'profiles/coder/config.yaml': 'gateway: {port: 9000}\n' });
    chmodSync(home.file('profiles/coder/config.yaml'), 0o000);
    const { code, stdout, stderr } = await hermes('profile', 'list');
    assert.match(stdout, /\ncoder +- +no/);
    assert.match(stderr, /^coder: .*config\.yaml cannot be read: permission denied\n$/);
    assert.equal(code, 0);
  });

  it('cannot be listed where the directory is denied: 77', async () => {
    chmodSync(home.file('profiles'), 0o000);
    const { code, stderr } = await hermes('profile', 'list');
    chmodSync(home.file('profiles'), 0o755);
    assert.match(stderr, /^Error: cannot read .*profiles: permission denied\n$/);
    assert.equal(code, 77);
  });

  it('and their files say 77 to whoever may not read, write or lock them', () => {
    home.write({ 'shut/file': 'x' });
    chmodSync(home.file('shut/file'), 0o000);
    chmodSync(home.file('shut'), 0o555);
    assert.throws(() => readRegular(home.file('shut/file')), denied);
    assert.throws(() => writeAtomic(home.file('shut/file'), 'y'), denied);
    assert.throws(() => tryLock(home.file('shut/file')), denied);
    assert.throws(() => tryLock(home.file('shut/new')), denied);
    chmodSync(home.file('shut'), 0o755);
    assert.deepEqual(readdirSync(home.file('shut')), ['file']);
  });
});
