import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerCommand } from '../../src/lib/boot/container-command.ts';
import { type BootReport, reconcile } from '../../src/lib/boot/reconcile.ts';
import { type TempHome, tempHome } from '../helpers/home.ts';
import { siteOf } from '../helpers/site.ts';
import { temporaryScandir } from '../helpers/tree.ts';

describe('The first boot of a container whose command says what is wanted', () => {
  let home: TempHome;
  let scandir: string;

  beforeEach(() => {
    home = tempHome({ 'profiles/coder/SOUL.md': '# coder\n' });
    scandir = temporaryScandir();
  });

  afterEach(async () => {
    await home.remove();
    rmSync(scandir, { recursive: true, force: true });
  });

  async function boot(
    command: string,
    env: Record<string, string> = {},
    dryRun = false,
  ): Promise<BootReport> {
    const site = siteOf(home.path, scandir, env);
    return reconcile(site, { command: parseContainerCommand(command.split(' ').filter(Boolean)), dryRun });
  }

  const actions = ({ steps }: BootReport): string[] =>
    steps.map(({ profile, action }) => `${profile} ${action}`);
  const isDown = (name: string): boolean => existsSync(join(scandir, `gateway-${name}`, 'down'));
  const stateOf = (file: string): Record<string, unknown> =>
    JSON.parse(readFileSync(home.file(file), 'utf8')) as Record<string, unknown>;

  for (const [command, name, file] of [
    ['gateway run', 'default', 'gateway_state.json'],
    ['hermes gateway', 'default', 'gateway_state.json'],
    ['-p coder gateway run', 'coder', 'profiles/coder/gateway_state.json'],
  ] as const)
    it(`"${command}" wants ${name} up, once and for all`, async () => {
      const dry = await boot(command, {}, true);
      assert.ok(!existsSync(home.file(file)), 'a dry run seeds nothing');
      const report = await boot(command);
      assert.deepEqual(actions(dry), actions(report));
      assert.ok(actions(report).includes(`${name} started`) && !isDown(name));
      const { desired_state, migrated_from } = stateOf(file);
      assert.deepEqual(
        { desired_state, migrated_from },
        { desired_state: 'running', migrated_from: 'legacy-container-cmd' },
      );
      home.write({ [file]: '{"desired_state":"stopped"}' });
      assert.ok(
        actions(await boot(command)).includes(`${name} registered`),
        'what the operator said later counts',
      );
      assert.deepEqual(stateOf(file), { desired_state: 'stopped' });
    });

  it('HERMES_GATEWAY_BOOTSTRAP_STATE=running wants the default profile up; any other value is ignored', async () => {
    assert.deepEqual(actions(await boot('', { HERMES_GATEWAY_BOOTSTRAP_STATE: 'Running' })), [
      'default registered',
      'coder registered',
    ]);
    assert.deepEqual(actions(await boot('', { HERMES_GATEWAY_BOOTSTRAP_STATE: 'running' })), [
      'default started',
      'coder registered',
    ]);
    assert.equal(stateOf('gateway_state.json')['desired_state'], 'running');
  });

  it('never writes through a symbolic link, nor over a file that is there', async () => {
    symlinkSync(home.file('elsewhere'), home.file('gateway_state.json'));
    const { steps } = await boot('gateway run');
    assert.deepEqual([steps[0]?.action, steps[0]?.reason], ['registered', 'state-unreadable']);
    assert.ok(
      lstatSync(home.file('gateway_state.json')).isSymbolicLink() && !existsSync(home.file('elsewhere')),
    );
  });

  for (const [what, command, env] of [
    ['--no-supervise', 'gateway run --no-supervise', {}],
    ['HERMES_GATEWAY_NO_SUPERVISE', 'gateway run', { HERMES_GATEWAY_NO_SUPERVISE: 'Yes' }],
  ] as const)
    it(`${what} keeps that slot down for this boot, whatever its state says`, async () => {
      home.write({ 'gateway_state.json': '{"desired_state":"running"}' });
      home.write({ 'profiles/coder/gateway_state.json': '{"desired_state":"running"}' });
      const report = await boot(command, env);
      assert.deepEqual(actions(report), ['default registered', 'coder started']);
      assert.equal(report.steps[0]?.reason, 'no-supervise');
      assert.ok(isDown('default') && !isDown('coder'));
      assert.deepEqual(stateOf('gateway_state.json'), { desired_state: 'running' });
    });

  it('a name that cannot be one in the command keeps nobody from being restored', async () => {
    home.write({ 'profiles/coder/gateway_state.json': '{"desired_state":"running"}' });
    assert.deepEqual(actions(await boot('-p No/Name gateway run')), ['default registered', 'coder started']);
  });

  it('"dashboard" touches nothing', async () => {
    home.write({ 'gateway_state.json': '{"desired_state":"running"}', 'gateway.pid': '1' });
    const report = await boot('dashboard --port 80');
    assert.deepEqual(report.steps, []);
    assert.ok(!existsSync(join(scandir, 'gateway-default')) && !existsSync(home.file('logs')));
    assert.ok(existsSync(home.file('gateway.pid')));
  });
});
