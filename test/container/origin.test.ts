import assert from 'node:assert/strict';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { ours, overlay } from './images.ts';
import { Volume } from './volume.ts';

interface Entry {
  readonly action: string;
  readonly reason: string | null;
  readonly actor: { readonly user: string; readonly uid: number; readonly via: string };
}

/** A gateway that changes another one while it runs itself, as an agent does. */
const agent = `gateway:
  port: 8651
  command: [sh, -c, "[ -e asked ] || { touch asked; env -u HERMES_S6_SUPERVISED_CHILD hermes gateway start writer --reason agent; }; exec sleep infinity"]
`;

describe('where a command came from, in the journal', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container | null = null;

  beforeEach(() => {
    volume = new Volume();
  });

  afterEach(async () => {
    await container?.remove();
    volume.remove();
  });

  /** The journal's entry with this reason, once it is there. */
  const entry = (reason: string) =>
    until(() => {
      if (!volume.has('logs/lifecycle.jsonl')) return false;
      const entries = volume
        .read('logs/lifecycle.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Entry);
      return entries.find((one) => one.reason === reason);
    }, `the journal tells of "${reason}"`);

  it('tells a script of cont-init, the supervised, the container command and docker exec apart', async () => {
    volume.writeProfile('coder');
    volume.writeProfile('writer', undefined, 'gateway:\n  port: 8652\n');
    volume.writeProfile('agent', { desired_state: 'running' }, agent);
    volume.write(
      'script',
      '#!/command/with-contenv sh\nexec hermes gateway start coder --no-wait --reason boot\n',
      0o755,
    );
    container = await Container.start(overlay, {
      volume,
      options: ['-e', 'S6_PROFILE_GATEWAY_SCANDIR=', '-v', `${volume.path}/script:/etc/cont-init.d/50-mine`],
      command: ['sh', '-c', 'hermes gateway start default --reason command; exec sleep infinity'],
    });
    await container.booted();
    const hermes = { user: 'hermes', uid: 10_000 };
    assert.deepEqual((await entry('boot')).actor, { ...hermes, via: 'cont-init' });
    assert.deepEqual((await entry('agent')).actor, { ...hermes, via: 'supervised' });
    assert.deepEqual((await entry('command')).actor, { ...hermes, via: 'container command' });

    assert.match(
      await container.hermes('gateway', 'history', 'coder'),
      /start coder: .*by hermes \(cont-init\)/,
    );
    assert.match(await container.hermes('gateway', 'why', 'coder'), /hermes \(cont-init\) wanted it up at/);
    assert.match(await container.hermes('gateway', 'why', 'writer'), /hermes \(supervised\) wanted it up at/);

    await container.hermes('gateway', 'stop', 'coder', '--reason', 'lunch');
    assert.deepEqual((await entry('lunch')).actor, { ...hermes, via: 'docker exec' });
    assert.match(
      await container.hermes('gateway', 'why', 'coder'),
      /coder is down: hermes \(docker exec\) wanted it down at .*, because "lunch"/,
    );
  });

  it('knows them in our own image too, where the entry is the boot script', async () => {
    volume.writeProfile('agent', { desired_state: 'running' }, agent);
    volume.writeProfile('writer', undefined, 'gateway:\n  port: 8652\n');
    container = await Container.start(ours, {
      volume,
      command: ['sh', '-c', 'hermes gateway start default --reason command; exec sleep infinity'],
    });
    await container.booted();
    assert.equal((await entry('agent')).actor.via, 'supervised');
    assert.equal((await entry('command')).actor.via, 'container command');
    await container.hermes('gateway', 'start', 'writer', '--reason', 'typed');
    assert.equal((await entry('typed')).actor.via, 'docker exec');
  });
});
