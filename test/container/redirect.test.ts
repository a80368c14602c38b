import assert from 'node:assert/strict';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { docker } from './engine.ts';
import { ours, overlay } from './images.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

/** How many processes are a gateway: the runner, not the shells that mention it. */
async function gateways(container: Container): Promise<number> {
  const runners = (await container.processes()).filter(({ argv }) =>
    /^\S*node (-- )?\S+ (-p \S+ )?gateway run/.test(argv),
  );
  return runners.length;
}

describe('gateway run as the command of a container', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container | null = null;

  const run = async (command: string, options: readonly string[] = [], image?: string) => {
    container = await Container.start(image ?? ours, {
      volume,
      options,
      command: command.split(' '),
    });
    return container;
  };

  beforeEach(() => {
    volume = new Volume();
  });

  afterEach(async () => {
    await container?.remove();
    container = null;
    volume.remove();
  });

  for (const world of worlds)
    it(`${world.name}: s6 supervises it, a sleep stays, and the output is in docker logs and in the file`, async () => {
      const here = await run('gateway run', [...world.options, ...world.grace], world.image);
      await here.booted();
      assert.equal((await here.reaches('default', 'ready')).wanted, 'up');
      await until(
        async () => (await here.processes()).some(({ argv }) => argv === 'sleep infinity'),
        'the command has become a sleep',
      );
      assert.equal(await gateways(here), 1);
      assert.equal(volume.state('default')['migrated_from'], 'legacy-container-cmd');
      const note =
        /supervision(.|\n)*restarts it when it crashes(.|\n)*--no-supervise(.|\n)*HERMES_GATEWAY_NO_SUPERVISE=1/;
      await until(async () => note.test(await here.logs()), 'the note is in docker logs');
      const said = /default +serves on \S+:8642/;
      await until(async () => said.test(await here.logs()), "the gateway's words are in docker logs");
      await until(
        () => / serves on \S+:8642/.test(volume.read('logs/gateways/default/current')),
        'and in its file',
      );
      assert.equal(await here.stop(), 143);
      assert.equal(volume.state('default')['exit_reason'], 'sigterm');
    });

  it("an operator's stop outlives a restart of the container", async () => {
    const here = await (await run('gateway run')).booted();
    await here.reaches('default', 'ready');
    await here.hermes('gateway', 'stop');
    await here.restart();
    await until(async () => /stays so/.test(await here.logs()), 'the note says that it stays stopped');
    assert.equal((await here.status('default')).state, 'down');
  });

  it('a named profile is redirected too, and words that cannot be carried are named', async () => {
    volume.writeProfile('coder');
    const here = await (await run('-p coder gateway run --replace -v')).booted();
    await here.reaches('coder', 'ready');
    await until(
      async () => (await here.logs()).includes('Not carried into supervision: --replace -v'),
      'they are named',
    );
    assert.equal((await here.status('default')).state, 'down');
  });

  for (const [command, profile, image] of [
    ['gateway', 'default', ours],
    ['-p coder gateway', 'coder', ours],
    ['-p coder gateway', 'coder', overlay],
  ] as const)
    it(`${image}: "${command}" is gateway run, and in a docker exec asks what there is`, async () => {
      volume.writeProfile('coder');
      const here = await (await run(command, [], image)).booted();
      await here.reaches(profile, 'ready');
      await until(
        async () => (await here.logs()).includes('under s6 supervision'),
        'the note is in docker logs',
      );
      assert.equal(await here.running(), true);
      assert.match((await here.exec(['gateway'])).stdout, /COMMANDS/);
    });

  for (const [how, command, options] of [
    ['--no-supervise', 'gateway run --no-supervise', []],
    ['HERMES_GATEWAY_NO_SUPERVISE=YES', 'gateway run', ['-e', 'HERMES_GATEWAY_NO_SUPERVISE=YES']],
  ] as const)
    it(`gate: ${how} keeps it in the foreground and its slot down, whatever its state says`, async () => {
      volume.write('gateway_state.json', JSON.stringify({ desired_state: 'running' }));
      const here = await (await run(command, options)).booted();
      await until(() => volume.state('default')['gateway_state'] === 'running', 'the gateway serves');
      assert.equal(await gateways(here), 1);
      const slot = await here.exec(['s6-svstat', '-o', 'up,wantedup', '/run/service/gateway-default']);
      assert.equal(slot.stdout, 'false false\n');
      assert.equal((await here.status('default')).state, 'unsupervised');
      assert.equal(await here.stop(), 143);
    });

  it('gate: typed in a docker exec it says how to start, and ends', async () => {
    const here = await (await run('sleep infinity')).booted();
    const { code, stderr } = await here.exec(['gateway', 'run']);
    assert.equal(code, 1);
    assert.match(stderr, /hermes gateway start/);
    assert.equal(await gateways(here), 0);
  });

  it('gate: without s6 it runs in the foreground', async () => {
    const options = ['-e', 'S6_PROFILE_GATEWAY_SCANDIR=', '--entrypoint', 'hermes'];
    const here = await run('gateway run', options);
    await until(() => volume.state('default')['gateway_state'] === 'running', 'the gateway serves');
    assert.equal(await gateways(here), 1);
    assert.equal(await here.stop(), 143);
  });

  it('gate: the supervised process itself is the gateway', async () => {
    const here = await (await run('gateway run')).booted();
    const { pid } = await here.reaches('default', 'ready');
    const argv = (await here.processes()).find((process) => process.pid === pid)?.argv ?? '';
    assert.match(argv, /gateway run$/);
  });

  it('--exit-on-failure ends the container with the code of a gateway that failed for good', async () => {
    volume.write('config.yaml', `gateway:\n  command: [sh, -c, 'sleep 2; exit 78']\n`);
    const here = await run('gateway run --exit-on-failure');
    assert.equal(await here.ended(), 78);
  });

  it('without it the container stays, and a stop or a crash is no failure for good', async () => {
    const here = await (await run('gateway run --exit-on-failure')).booted();
    const { pid } = await here.reaches('default', 'ready');
    await here.exec(['sh', '-c', `kill -9 ${String(pid)}`]);
    await until(async () => {
      const status = await here.status('default');
      return status.state === 'ready' && status.pid !== pid;
    }, 's6 has brought it back');
    await here.hermes('gateway', 'stop');
    await here.hermes('gateway', 'start');
    assert.equal(await here.running(), true);
  });

  it('a command that cannot work ends the container with its code', async () => {
    await run('-p nobody gateway run');
    assert.equal(await container?.ended(), 4);
    assert.equal((await docker(['run', '--rm', '--network', 'none', ours, 'sh', '-c', 'exit 5'])).code, 5);
  });
});
