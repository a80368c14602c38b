import assert from 'node:assert/strict';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

for (const world of worlds)
  describe(`one gateway in a container: ${world.name}`, function () {
    this.timeout(120_000);
    let volume: Volume;
    let container: Container;

    const slotExists = async (name: string) =>
      (await container.exec(['test', '-d', `${world.scandir}/gateway-${name}`])).code === 0;
    const supervisors = async (name: string) =>
      (await container.processes()).filter(({ argv }) => argv === `s6-supervise gateway-${name}`).length;

    before(async () => {
      volume = new Volume();
      container = await Container.start(world.image, { volume, options: world.options });
      await container.booted();
    });

    after(async () => {
      await container.remove();
      volume.remove();
    });

    it('a created profile has a slot, which is down', async () => {
      await container.hermes('profile', 'create', 'coder');
      assert.equal(await slotExists('coder'), true);
      assert.equal((await container.status('coder')).state, 'down');
    });

    it('start brings it up and ready', async () => {
      assert.match(await container.hermes('gateway', 'start', '-p', 'coder'), /^coder is up and ready/);
      const status = await container.status('coder');
      assert.deepEqual([status.state, status.ready, status.wanted], ['ready', true, 'up']);
      assert.equal(volume.state('coder').pid, status.pid);
    });

    it('gateway, profile and boot are commands of their own', async () => {
      const answers = await Promise.all(
        [
          ['gateway', 'status', '-p', 'coder'],
          ['profile', 'list'],
          ['boot', 'reconcile', '--dry-run'],
        ].map((words) => container.exec(words)),
      );
      for (const { code, stdout, stderr } of answers) assert.equal(code, 0, stdout + stderr);
    });

    it('stop brings it down, as planned', async () => {
      await container.hermes('gateway', 'stop', '-p', 'coder');
      assert.equal((await container.status('coder')).state, 'down');
      assert.equal(volume.state('coder').gateway_state, 'stopped');
    });

    it('a gateway that leaves orphans leaves no defunct process behind', async () => {
      volume.writeProfile(
        'parent',
        undefined,
        `gateway:\n  command: [sh, -c, 'for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.1 &); done; exec sleep infinity']\n`,
      );
      await container.hermes('gateway', 'start', '-p', 'parent');
      await until(async () => {
        const processes = await container.processes();
        const left = processes.filter(({ state, argv }) => state === 'Z' || argv === 'sleep 0.1');
        return left.length === 0 || left;
      }, 'no orphan is left, running or defunct').then((left) => assert.equal(left, true));
      assert.equal((await container.status('parent')).state, 'ready');
    });

    it('delete takes the slot, the supervisor and the files away', async () => {
      await container.hermes('profile', 'delete', 'coder', '--yes');
      assert.equal(await slotExists('coder'), false);
      assert.equal(await supervisors('coder'), 0);
      assert.equal(volume.has('profiles/coder'), false);
    });

    it('the same name created again has exactly one supervisor', async () => {
      await container.hermes('profile', 'create', 'coder', '--start');
      await container.reaches('coder', 'ready');
      assert.equal(await supervisors('coder'), 1);
    });
  });
