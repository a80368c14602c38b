import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { runHermes } from '../helpers/cli.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { binDir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

// A gateway that costs no Node of its own: the hosted program takes the place of everything of ours.
const config = 'gateway:\n  mode: exec\n  command: [sleep, "1000000"]\n';

describe('boot reconcile on a live tree', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  function write(name: string, desired: 'running' | 'stopped'): void {
    fleet.home.write({
      [`profiles/${name}/SOUL.md`]: `# ${name}\n`,
      [`profiles/${name}/config.yaml`]: config,
      [`profiles/${name}/gateway_state.json`]: JSON.stringify({ desired_state: desired }),
    });
  }

  async function reconcile(): Promise<string> {
    const { code, stdout, stderr } = await runHermes(['boot', 'reconcile'], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  const slot = (name: string): string => join(fleet.tree.scandir, `gateway-${name}`);

  /** The PID of a gateway that is its own program by now, not the shell or the hermes that leads there. */
  function gatewayPid(name: string): number | null {
    const { stdout } = spawnSync(join(binDir, 's6-svstat'), ['-o', 'up,pid', slot(name)], {
      encoding: 'utf8',
    });
    const pid = /^true (\d+)/.exec(stdout)?.[1];
    return pid !== undefined && commOf(pid) === 'sleep' ? Number(pid) : null;
  }

  it('starts 20 gateways, and further passes change no PID and no supervisor', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `coder-${index}`);
    for (const name of names) write(name, 'running');
    write('idle', 'stopped');
    await reconcile();
    const pids = (): (number | null)[] => names.map(gatewayPid);
    await until(() => pids().every((pid) => pid !== null), 'all 20 run');
    const first = pids();
    fleet.home.write({ 'profiles/coder-0/gateway.pid': String(first[0]) });

    await reconcile();
    rmSync(join(fleet.tree.scandir, '.hermes-slots'));
    writeFileSync(join(slot('coder-1'), 'run'), '#!/bin/sh\n# changed by hand\n');
    const text = await reconcile();

    assert.match(text, /profile=coder-1 prior_state=running action=started/);
    assert.deepEqual(pids(), first);
    for (const name of [...names, 'idle'])
      assert.equal(supervisorsOf(fleet.tree.scandir, `gateway-${name}`).length, 1, name);
    assert.equal(gatewayPid('idle'), null);
    assert.ok(
      existsSync(fleet.home.file('profiles/coder-0/gateway.pid')),
      'the file of a gateway that runs is its own',
    );
  });

  it('has s6-svscan look once, however many slots it makes', async () => {
    for (const name of ['a', 'b', 'c']) write(name, 'stopped');
    const programs = fleet.home.file('bin');
    const calls = fleet.home.file('calls');
    mkdirSync(programs);
    for (const name of readdirSync(binDir).filter((file) => /^s6-(?!svscanctl$)/.test(file)))
      symlinkSync(join(binDir, name), join(programs, name));
    const script = `#!/bin/sh\necho "$1" >>${calls}\nexec ${binDir}/s6-svscanctl "$@"\n`;
    writeFileSync(join(programs, 's6-svscanctl'), script, { mode: 0o755 });
    await runHermes(['boot', 'reconcile'], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
      env: { HERMES_S6_BIN_DIR: programs },
    });
    assert.equal(readFileSync(calls, 'utf8'), '-a\n');
    await until(
      () =>
        ['a', 'b', 'c'].every((name) => supervisorsOf(fleet.tree.scandir, `gateway-${name}`).length === 1),
      'each has a supervisor',
    );
  });

  it('starts the gateway that is wanted up and is down, and no other', async () => {
    write('coder', 'stopped');
    write('idle', 'stopped');
    await reconcile();
    await until(() => supervisorsOf(fleet.tree.scandir, 'gateway-coder').length === 1, 'coder is supervised');
    write('coder', 'running');
    await reconcile();
    await until(() => gatewayPid('coder'), 'coder runs');
    assert.ok(!existsSync(join(slot('coder'), 'down')));
    assert.equal(gatewayPid('idle'), null);
  });

  it('retires the slot of a profile that is gone, its gateway and its supervisor too', async () => {
    write('coder', 'running');
    await reconcile();
    const pid = await until(() => gatewayPid('coder'), 'coder runs');
    rmSync(fleet.home.file('profiles/coder'), { recursive: true });
    await reconcile();
    assert.deepEqual(
      readdirSync(fleet.tree.scandir).filter((entry) => entry.includes('coder')),
      [],
    );
    assert.notEqual(commOf(String(pid)), 'sleep');
    assert.deepEqual(supervisorsOf(fleet.tree.scandir, 'gateway-coder'), []);
  });

  it('does nothing to a tree when nothing differs', async () => {
    write('coder', 'running');
    await reconcile();
    const pid = await until(() => gatewayPid('coder'), 'coder runs');
    for (let pass = 0; pass < 3; pass++) await reconcile();
    assert.equal(gatewayPid('coder'), pid);
    assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-coder').length, 1);
  });
});

function commOf(pid: string): string {
  return spawnSync('ps', ['-o', 'comm=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
}
