import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerCommand } from '../../src/lib/boot/container-command.ts';
import { gather } from '../../src/lib/boot/gather.ts';
import { Pass } from '../../src/lib/boot/pass.ts';
import { plan } from '../../src/lib/boot/plan.ts';
import { siteManager, slotSite } from '../../src/lib/gateway/registry.ts';
import { runHermes, startHermes } from '../helpers/cli.ts';
import { type TempHome, tempHome } from '../helpers/home.ts';
import { siteOf } from '../helpers/site.ts';
import { temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

describe('A boot pass while commands are typed', () => {
  let home: TempHome;
  let scandir: string;

  beforeEach(() => {
    home = tempHome();
    scandir = temporaryScandir();
  });

  afterEach(async () => {
    await home.remove();
    rmSync(scandir, { recursive: true, force: true });
  });

  /** Does `meanwhile` between the plan and its carrying out. */
  async function passAround(meanwhile: () => void): Promise<string[]> {
    const site = siteOf(home.path, scandir);
    const [manager, slots, readSinceMs] = [siteManager(site), slotSite(site), Date.now()];
    const planned = plan(
      await gather(site, manager.list(), slots, parseContainerCommand([]), () => undefined),
    );
    meanwhile();
    const done = await new Pass(site, slots, manager, readSinceMs).run(planned, Promise.resolve(new Map()));
    return done.map(({ profile, action }) => `${profile} ${action}`);
  }

  const state = (word: string): Record<string, string> => ({
    'profiles/coder/SOUL.md': '',
    'profiles/coder/gateway_state.json': JSON.stringify({ desired_state: word }),
  });
  const isDown = (): boolean => existsSync(join(scandir, 'gateway-coder/down'));

  it('heeds a stop that found no slot yet', async () => {
    home.write(state('running'));
    const done = await passAround(() => home.write(state('stopped')));
    assert.deepEqual(done, ['default registered', 'coder registered']);
    assert.ok(isDown());
  });

  it('heeds a start that found no slot yet', async () => {
    home.write(state('stopped'));
    const done = await passAround(() => home.write(state('running')));
    assert.deepEqual(done, ['default registered', 'coder started']);
    assert.ok(!isDown());
  });

  it('leaves no slot of a profile that was deleted meanwhile', async () => {
    home.write(state('running'));
    const done = await passAround(() => rmSync(home.file('profiles/coder'), { recursive: true }));
    assert.deepEqual(done, ['default registered', 'coder skipped']);
    assert.ok(!existsSync(join(scandir, 'gateway-coder')));
  });

  it('fails the one slot that cannot be built, and builds the others', async () => {
    home.write({ ...state('running'), 'profiles/writer/SOUL.md': '' });
    const done = await passAround(() => writeFileSync(join(scandir, 'gateway-coder'), 'in the way'));
    assert.deepEqual(done, ['default registered', 'coder failed', 'writer registered']);
    assert.ok(existsSync(join(scandir, 'gateway-writer/run')));
  });
});

describe('A boot pass that is killed', () => {
  it('has told of just what it did, and the next one does the rest', async function () {
    this.timeout(120_000);
    const home = tempHome();
    const scandir = temporaryScandir();
    const names = Array.from({ length: 150 }, (_, index) => `coder-${index}`);
    for (const name of names) home.write({ [`profiles/${name}/SOUL.md`]: '' });
    const log = home.file('logs/container-boot.log');
    const child = startHermes(['boot', 'reconcile'], { home: home.path, scandir });
    const ended = once(child, 'close');
    await until(() => existsSync(log) && readFileSync(log).length > 0, 'it tells of its first slots');
    child.kill('SIGKILL');
    await ended;
    const told =
      readFileSync(log, 'utf8').match(/^\S+ profile=\S+ prior_state=None action=registered$/gm) ?? [];
    for (const line of told) {
      const [, name = ''] = /profile=(\S+)/.exec(line) ?? [];
      assert.ok(existsSync(join(scandir, `gateway-${name}`, 'run')), name);
    }
    const { code, stderr } = await runHermes(['boot', 'reconcile'], { home: home.path, scandir });
    assert.deepEqual([code, stderr], [0, '']);
    const slots = ['default', ...names].map((name) => `gateway-${name}`);
    assert.deepEqual(readdirSync(scandir).sort(), ['.hermes-slots', ...slots].sort());
    assert.ok(slots.every((slot) => existsSync(join(scandir, slot, 'run'))));
    await home.remove();
    rmSync(scandir, { recursive: true });
  });
});
