import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runHermes, runJson, type Answer } from '../helpers/cli.ts';
import { stubborn } from '../helpers/fleet.ts';
import { freePort } from '../helpers/free-port.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

describe('a user without rights, on a tree of their own', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  let port: string;
  const hermes = (...words: string[]): Promise<Answer> =>
    runHermes(words, { home: home.path, scandir: tree.scandir });
  const status = async () => {
    const { json } = await runJson(['gateway', 'status', 'coder'], {
      home: home.path,
      scandir: tree.scandir,
    });
    return (json as { gateways: readonly [{ state: string; pid: number | null; wanted: string | null }] })
      .gateways[0];
  };

  beforeEach(async () => {
    assert.notEqual(process.getuid?.(), 0, 'this suite is about everybody but root');
    home = tempHome();
    tree = await startTree({ env: { HERMES_HOME: home.path } });
    port = String(await freePort());
    const made = await hermes('profile', 'create', 'coder', '--port', port);
    assert.equal(made.code, 0, made.stderr);
  });
  afterEach(async () => {
    await tree.stop();
    await home.remove();
  });

  it('create, start, restart, stop and delete as root would', async () => {
    assert.equal((await status()).state, 'down');
    assert.equal((await hermes('gateway', 'start', 'coder')).code, 0);
    const first = await status();
    assert.equal(first.state, 'ready');
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    assert.equal((await hermes('gateway', 'restart', 'coder')).code, 0);
    const second = await status();
    assert.equal(second.state, 'ready');
    assert.notEqual(second.pid, first.pid);
    assert.equal((await hermes('gateway', 'stop', 'coder')).code, 0);
    const stopped = await status();
    assert.deepEqual([stopped.state, stopped.wanted, stopped.pid], ['down', 'down', null]);
    assert.equal((await hermes('profile', 'delete', 'coder', '--yes')).code, 0);
    assert.deepEqual(supervisorsOf(tree.scandir, 'gateway-coder'), []);
    assert.equal(existsSync(home.file('profiles/coder')), false);
  });

  it('keep secrets and the planned stop to themselves', () => {
    assert.equal(statSync(home.file('profiles/coder/.env')).mode & 0o777, 0o600);
  });

  it('cannot command a slot that belongs to somebody else, and are told so', async () => {
    const denied = await runJson(['gateway', 'start', 'coder'], { home: home.path, scandir: '/proc/1/root' });
    assert.notEqual(denied.code, 0);
    assert.doesNotMatch(denied.stderr, /\n\s+at /);
  });

  it('want what they said when s6 was told and cannot be listened to', async () => {
    home.write({ 'profiles/coder/config.yaml': `gateway:\n${stubborn}` });
    assert.equal((await hermes('gateway', 'start', 'coder')).code, 0);
    const event = join(tree.scandir, 'gateway-coder', 'event');
    chmodSync(event, 0o500);
    const stopped = await hermes('gateway', 'stop', 'coder');
    assert.equal(stopped.code, 75, stopped.stderr);
    assert.match(
      stopped.stderr,
      /^Error: coder was told to stop, and how that ends cannot be heard: .*Permission denied/,
    );
    await until(async () => (await status()).state === 'down', 'it is down');
    assert.equal((await status()).wanted, 'down');
    // Who cannot listen is not told either: nothing has happened, and nothing is wanted.
    const started = await hermes('gateway', 'start', 'coder');
    assert.equal(started.code, 77, started.stderr);
    assert.deepEqual([(await status()).state, (await status()).wanted], ['down', 'down']);
  });

  it('find the log of their gateway where it belongs to them', async () => {
    assert.equal((await hermes('gateway', 'start', 'coder')).code, 0);
    assert.equal((await hermes('gateway', 'stop', 'coder')).code, 0);
    const log = home.file('logs/gateways/coder/current');
    assert.equal(statSync(log).uid, process.getuid?.());
    assert.notEqual(readFileSync(log, 'utf8'), '');
  });
});
