import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';

/** Every path on the volume with its time of change. */
function snapshot(volume: Volume): string[] {
  return readdirSync(volume.path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(join(volume.path, name)).ctimeMs}`);
}

describe('two containers on one volume', function () {
  this.timeout(120_000);
  let volume: Volume;
  let first: Container;
  let second: Container | null = null;

  beforeEach(async () => {
    volume = new Volume();
    volume.write('gateway_state.json', JSON.stringify({ desired_state: 'running' }));
    first = await Container.start(ours, { volume, options: ['--hostname', 'first'] });
    await first.booted();
    await first.reaches('default', 'ready');
  });

  afterEach(async () => {
    await second?.remove();
    await first.remove();
    volume.remove();
  });

  it('a dashboard beside a gateway touches nothing and fights for nothing', async () => {
    volume.write('.dashboard', '#!/bin/sh\nexec sleep infinity\n', 0o755);
    const { pid } = await first.status('default');
    const before = snapshot(volume);
    const stub = ['-v', `${volume.path}/.dashboard:/usr/local/bin/dashboard:ro`];
    second = await Container.start(ours, { volume, options: stub, command: ['dashboard'] });
    const dashboard = second;
    await until(
      async () => /skipping \(dashboard container/.test(await dashboard.logs()),
      'it says that it skips',
    );
    assert.deepEqual(snapshot(volume), before);
    assert.equal((await dashboard.exec(['gateway', 'health'])).code, 0);
    assert.equal((await first.status('default')).pid, pid);
  });

  it('of two gateway containers one serves, and the other says who holds the lock until it can serve', async () => {
    const { pid } = await first.status('default');
    const other = await Container.start(ours, { volume, options: ['--hostname', 'second'] });
    second = other;
    await until(async () => /gateway\.lock is held by first/.test(await other.logs()), 'it names the holder');
    assert.notEqual((await other.status('default')).state, 'ready');
    assert.equal((await first.status('default')).pid, pid);
    await first.stop();
    await other.reaches('default', 'ready');
  });
});
