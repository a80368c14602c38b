import assert from 'node:assert/strict';
import { Container } from './container.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

const idle = 'gateway:\n  command: [sleep, infinity]\n  mode: exec\n';

for (const world of worlds)
  describe(`a container that comes back: ${world.name}`, function () {
    this.timeout(120_000);
    let volume: Volume;
    let container: Container;

    const start = async () =>
      (await Container.start(world.image, { volume, options: world.options })).booted();

    /** What the boot log says of a profile since the last look. */
    let seen = 0;
    const news = () => volume.bootLog().slice(seen);
    const action = (profile: string) =>
      / prior_state=(?<prior>\S+) action=(?<action>\S+)/.exec(
        news().find((line) => line.includes(` profile=${profile} `)) ?? '',
      )?.groups;

    const cameBack = async () => {
      await container.allReach(
        new Map([
          ['works', 'ready'],
          ['drains', 'up'],
          ['rests', 'down'],
          ['broken', 'down'],
        ]),
      );
      assert.deepEqual({ ...action('works') }, { prior: 'running', action: 'started' });
      assert.deepEqual({ ...action('rests') }, { prior: 'stopped', action: 'registered' });
      assert.deepEqual({ ...action('broken') }, { prior: 'startup_failed', action: 'registered' });
      assert.equal(action('drains')?.['action'], 'started');
    };

    before(async () => {
      volume = new Volume();
      volume.writeProfile('drains', { gateway_state: 'draining' }, idle);
      volume.writeProfile('broken', { gateway_state: 'startup_failed' }, idle);
      volume.write('profiles/drains/gateway.pid', '4711\n');
      container = await start();
      for (const name of ['works', 'rests']) await container.hermes('profile', 'create', name, '--start');
      await container.hermes('gateway', 'stop', '-p', 'rests');
    });

    after(async () => {
      await container.remove();
      volume.remove();
    });

    it('the first boot brings a draining gateway back and sweeps its stale pid file', async () => {
      await container.reaches('drains', 'up');
      assert.equal(volume.has('profiles/drains/gateway.pid'), false);
      assert.equal((await container.status('broken')).state, 'down');
    });

    it('docker restart brings back what ran, and nothing else', async () => {
      const wanted = volume.state('works').desired_at;
      seen = volume.bootLog().length;
      await container.restart();
      await cameBack();
      assert.equal(volume.state('works').desired_at, wanted);
    });

    it('so does docker kill and start', async () => {
      seen = volume.bootLog().length;
      await container.killAndStart();
      await cameBack();
    });

    it('so does a new container on the same volume, as an upgrade makes it', async () => {
      seen = volume.bootLog().length;
      await container.remove();
      container = await start();
      await cameBack();
    });
  });
