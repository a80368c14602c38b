import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { docker, dockerOutput, typeInto } from './engine.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';

describe('our image', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container | null = null;

  afterEach(async () => {
    await container?.remove();
    container = null;
    volume.remove();
  });

  const start = async (
    options: readonly string[],
    command: readonly string[] = [],
    user: string | null = null,
  ) => {
    container = await Container.start(ours, { volume, options, command, user });
    return container;
  };

  it('runs as any user, read-only, without capabilities, and without any root process', async () => {
    volume = new Volume(12_345);
    const hard = ['--user', '12345', '--read-only', '--tmpfs', '/run:exec', '--cap-drop', 'ALL'];
    const here = await (await start([...hard, '--security-opt', 'no-new-privileges'])).booted();
    await here.hermes('profile', 'create', 'coder', '--start');
    await here.reaches('coder', 'ready');
    const uids = await here.exec([
      'sh',
      '-c',
      'sed -n "s/^Uid:\\t\\([0-9]*\\).*/\\1/p" /proc/[0-9]*/status | sort -u',
    ]);
    assert.equal(uids.stdout, '12345\n');
    const { code, stderr } = await here.exec(['profile', 'list'], { user: 'root' });
    assert.equal(code, 77);
    assert.match(stderr, /docker exec --user 12345:0$/m);
    await here.restart();
    await here.reaches('coder', 'ready');
    assert.equal(await here.stop(), 0);
  });

  it('root of a docker exec becomes the user that it runs as', async () => {
    volume = new Volume(12_345);
    const here = await (await start(['--user', '12345:100'], [], 'root')).booted();
    await here.hermes('profile', 'create', 'coder', '--start');
    await here.reaches('coder', 'ready');
    const { uid, gid } = statSync(join(volume.path, 'profiles/coder/gateway_state.json'));
    assert.deepEqual([uid, gid], [12_345, 100]);
    assert.match(volume.read('logs/lifecycle.jsonl'), /"uid":12345/);
  });

  for (const [flags, way] of [
    [['--tmpfs', '/run'], 'noexec'],
    [['--read-only'], 'cannot make'],
  ] as const)
    it(`with ${flags.join(' ')} it refuses and names the flag to use`, async () => {
      volume = new Volume();
      const here = await start(flags);
      assert.equal(await here.ended(), 78);
      assert.match(await here.logs(), new RegExp(`${way}(.|\\n)*--tmpfs /run:exec`));
    });

  it('its health check knows an intended stop from a failure', async () => {
    volume = new Volume();
    const here = await (await start(['--health-interval', '1s'])).booted();
    const health = () => dockerOutput(['inspect', '-f', '{{.State.Health.Status}}', here.name]);
    await here.hermes('profile', 'create', 'coder', '--start');
    await until(async () => (await health()) === 'healthy', 'healthy with a gateway');
    await here.hermes('gateway', 'stop', '-p', 'coder');
    assert.equal((await here.exec(['gateway', 'health'])).code, 0);
    await here.exec(['s6-svc', '-d', '/run/service/gateway-coder']);
    volume.write('profiles/coder/gateway_state.json', JSON.stringify({ desired_state: 'running' }));
    assert.equal((await here.exec(['gateway', 'health'])).code, 1);
  });

  it("the end of the container's command ends it, with its code", async () => {
    volume = new Volume();
    volume.write('gateway_state.json', JSON.stringify({ desired_state: 'running' }));
    const wait = 'until hermes gateway health; do sleep 0.1; done; exit 5';
    const here = await start([], ['sh', '-c', wait]);
    assert.equal(await here.ended(), 5);
    assert.equal(volume.state('default')['exit_reason'], 'sigterm');
  });

  it('words that are no program are words for hermes', async () => {
    volume = new Volume();
    const { code, stdout } = await docker([
      'run',
      '--rm',
      '--network',
      'none',
      ours,
      'profile',
      'list',
      '--json',
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /hermes\.profile\.list\/1/);
  });

  it('TERM reaches the command, and its code is the container’s', async () => {
    volume = new Volume();
    const script = 'trap "exit 9" TERM; echo waiting; while :; do sleep 0.1; done';
    const here = await start([], ['sh', '-c', script]);
    await until(async () => (await here.logs()).includes('waiting'), 'the command waits');
    assert.equal(await here.stop(), 9);
  });

  for (const command of [[], ['sh', '-c', 'sleep 1000']])
    it(`Ctrl-C on its terminal drains the gateways (command: ${command.join(' ') || 'none'})`, async () => {
      volume = new Volume();
      volume.write('gateway_state.json', JSON.stringify({ desired_state: 'running' }));
      const here = await (await start(['-t', '-i'], command)).booted();
      await here.reaches('default', 'ready');
      await typeInto(here.name, '\x03');
      assert.equal(await here.ended(), 130);
      const { exit_reason: reason, pid } = volume.state('default');
      assert.deepEqual([reason, pid], ['sigterm', null]);
    });

  it('works below an init of the engine', async () => {
    volume = new Volume();
    const here = await (await start(['--init'], ['gateway', 'run'])).booted();
    await here.reaches('default', 'ready');
    assert.equal(await here.stop(), 143);
    assert.equal(volume.state('default')['exit_reason'], 'sigterm');
  });
});
