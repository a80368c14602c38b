import assert from 'node:assert/strict';
import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { output } from './engine.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

/** Paths on the volume that belong to another user. */
function strangers(volume: Volume, uid: number): string[] {
  const names = readdirSync(volume.path, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(volume.path, name)).uid !== uid);
}

describe('rights on the volume', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container;

  const start = async (options: readonly string[] = []) => {
    container = await Container.start(ours, { volume, options });
    return container;
  };
  /** The tree serves, whatever the boot pass could do. */
  const listens = () =>
    until(
      async () => (await container.exec(['s6-svscanctl', '/run/service'])).code === 0,
      'the tree listens',
    );

  afterEach(async () => {
    await container.remove();
    volume.remove();
  });

  for (const world of worlds)
    it(`${world.name}: a root docker exec leaves no file of root`, async () => {
      volume = new Volume();
      container = await Container.start(world.image, {
        volume,
        options: world.options,
        user: 'root',
      });
      await container.booted();
      await container.hermes('profile', 'create', 'coder', '--start', '--env', 'TOKEN=secret');
      await container.hermes('gateway', 'restart', '-p', 'coder');
      await container.hermes('gateway', 'logs', '-p', 'coder');
      await container.hermes('boot', 'reconcile');
      await container.hermes('gateway', 'stop', '-p', 'coder');
      assert.deepEqual(strangers(volume, 10_000), []);
    });

  for (const world of worlds)
    it(`${world.name}: HERMES_DOCKER_EXEC_AS_ROOT keeps root, and root hears of what it waits for`, async () => {
      volume = new Volume();
      container = await Container.start(world.image, { volume, options: world.options });
      await container.booted();
      const limitS = 50;
      for (const verb of ['start', 'restart', 'stop']) {
        const words = ['gateway', verb, '--json', '--timeout', String(limitS)];
        const env = { HERMES_DOCKER_EXEC_AS_ROOT: '1' };
        const { code, stdout, stderr } = await container.exec(words, { user: 'root', env });
        assert.equal(code, 0, stdout + stderr);
        const { results } = JSON.parse(stdout) as { results: [{ outcome: string; seconds: number }] };
        assert.equal(results[0].outcome, 'done');
        assert.ok(results[0].seconds < limitS, `${verb} waited ${results[0].seconds} s`);
      }
      const entries = volume.read('logs/lifecycle.jsonl').trimEnd().split('\n');
      for (const entry of entries) assert.match(entry, /"uid":0/);
    });

  it('a volume of another user: said with what would help, 77, and the container starts and stops', async () => {
    volume = new Volume(4242);
    await start();
    await listens();
    assert.match(
      await container.logs(),
      /cannot be written by uid 10000 \(it belongs to uid 4242\)(.|\n)*--user 4242:4242/,
    );
    const { code, stderr } = await container.exec(['profile', 'create', 'coder']);
    assert.equal(code, 77, stderr);
    assert.match(stderr, /\/opt\/data/);
    assert.equal(await container.stop(), 0);
  });

  it('a read-only volume: said, and the container starts and stops', async () => {
    volume = new Volume();
    container = await Container.start(ours, { volume, options: [], readOnly: true });
    await listens();
    const { code, stderr } = await container.exec(['gateway', 'start']);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /read-only/i);
    assert.equal(await container.stop(), 0);
  });

  it('a full volume: said, and neither a gateway nor its logger keeps the container from ending', async () => {
    volume = new Volume();
    const grace = 'gateway:\n  stop_timeout: 1\n';
    await output('mount', '-t', 'tmpfs', '-o', 'size=1m,mode=755', 'hermes-test', volume.path);
    try {
      chownSync(volume.path, 10_000, 10_000);
      // What is waited for before a logger is ended is the longest grace of all.
      volume.write('config.yaml', grace);
      volume.writeProfile(
        'chatty',
        { desired_state: 'running' },
        `${grace}  mode: exec\n  command: [sh, -c, 'while :; do echo a line of some length; sleep 0.02; done']\n`,
      );
      await (await start()).booted();
      await container.reaches('chatty', 'up');
      await container.exec(['sh', '-c', 'cat /dev/zero >/opt/data/ballast']);
      await until(
        async () => /No space left/.test(await container.logs()),
        'the logger says that it cannot write',
      );
      const { code, stderr } = await container.exec(['profile', 'create', 'coder']);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /no space/i);
      assert.equal(await container.stop(), 0);
    } finally {
      await container.remove();
      await output('umount', volume.path);
    }
  });
});
