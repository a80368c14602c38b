import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container } from './container.ts';
import { dockerOutput, output } from './engine.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

const names = Array.from({ length: 20 }, (_, i) => `g${String(i).padStart(2, '0')}`);

describe('the end of a container', function () {
  this.timeout(300_000);
  let volume: Volume;
  let container: Container;

  beforeEach(() => {
    volume = new Volume();
  });

  afterEach(async () => {
    await container.remove();
    volume.remove();
  });

  for (const world of worlds)
    it(`${world.name}: 20 gateways are drained and none is killed`, async () => {
      for (const [i, name] of names.entries())
        volume.writeProfile(name, { desired_state: 'running' }, `gateway:\n  port: ${9000 + i}\n`);
      const { options, scandir, grace } = world;
      container = await Container.start(world.image, { volume, options: [...options, ...grace] });
      await container.booted();
      await container.allReach(new Map(names.map((name) => [name, 'ready'])));
      await container.stop();

      const scratch = mkdtempSync(join(tmpdir(), 'hermes-tally-'));
      try {
        await dockerOutput(['cp', `${container.name}:${scandir}`, scratch]);
        for (const name of names) {
          const { gateway_state: state, exit_reason: reason, pid } = volume.state(name);
          assert.deepEqual(
            { name, state, reason, pid },
            { name, state: 'running', reason: 'sigterm', pid: null },
          );
          assert.match(await output('s6-svdt', join(scratch, 'service', `gateway-${name}`)), /exitcode 143$/);
        }
      } finally {
        rmSync(scratch, { recursive: true });
      }
    });

  it('TERM during the boot pass ends it at once', async () => {
    volume.write('slow', '#!/bin/sh\nexec sleep infinity\n', 0o755);
    const slow = ['-v', `${volume.path}/slow:/usr/local/bin/hermes:ro`];
    container = await Container.start(ours, { volume, options: slow });
    assert.equal(await container.stop(), 143);
  });
});
