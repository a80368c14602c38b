import assert from 'node:assert/strict';
import { Container } from './container.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';

describe('completion in a container whose own files are read-only', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container;

  before(async () => {
    volume = new Volume();
    const options = ['--read-only', '--tmpfs', '/run:exec', '--tmpfs', '/tmp'];
    container = await Container.start(ours, { volume, options });
    await container.booted();
  });

  after(async () => {
    await container.remove();
    volume.remove();
  });

  it('is set up on the volume, which is the home of the runtime user', async () => {
    const { setup } = (await container.json('autocomplete', 'bash')) as { setup: string };
    assert.equal(setup, '/opt/data/.cache/hermes/autocomplete/bash_setup');
    assert.ok(volume.has('.cache/hermes/autocomplete/functions/bash/hermes.bash'));
  });

  it('says of a user without a home which directory could not be made, and where it could be', async () => {
    const denied = await container.exec(['hermes', 'autocomplete', 'bash'], { user: '12345' });
    assert.equal(denied.code, 1);
    assert.match(denied.stderr, /^Error: \/\.cache\/hermes cannot be made\n.* XDG_CACHE_HOME=\/tmp\/cache/);
    const elsewhere = { user: '12345', env: { XDG_CACHE_HOME: '/tmp/cache' } };
    assert.equal((await container.exec(['hermes', 'autocomplete', 'bash'], elsewhere)).code, 0);
  });
});
