import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerCommand } from '../../src/lib/boot/container-command.ts';
import { gather } from '../../src/lib/boot/gather.ts';
import { Pass } from '../../src/lib/boot/pass.ts';
import { plan } from '../../src/lib/boot/plan.ts';
import { siteManager, slotSite } from '../../src/lib/gateway/registry.ts';
import { type TempHome, tempHome } from '../helpers/home.ts';
import { siteOf } from '../helpers/site.ts';
import { temporaryScandir } from '../helpers/tree.ts';

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
    const planned = plan(await gather(site, manager, slots, parseContainerCommand([])));
    meanwhile();
    const done = await new Pass(site, slots, manager, readSinceMs).run(planned);
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

  it('fails the one slot that cannot be built, and builds the others', async () => {
    home.write({ ...state('running'), 'profiles/writer/SOUL.md': '' });
    const done = await passAround(() => writeFileSync(join(scandir, 'gateway-coder'), 'in the way'));
    assert.deepEqual(done, ['default registered', 'coder failed', 'writer registered']);
    assert.ok(existsSync(join(scandir, 'gateway-writer/run')));
  });
});
