import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

describe('boot sync', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
    await fleet.profiles(['coder', 'idle', 'gone']);
    await fleet.run('gateway start coder gone');
    rmSync(fleet.file('gone', ''), { recursive: true });
    await fleet.profiles(['restored']);
    fleet.home.write({ 'profiles/restored/gateway_state.json': '{"desired_state": "running"}' });
  });
  afterEach(() => fleet.stop());
  const slots = () => readdirSync(fleet.tree.scandir).filter((name) => name.startsWith('gateway-'));
  const status = (name: string) => fleet.one(`gateway status ${name}`);

  it('makes missing slots, takes orphans away, starts what is wanted, and leaves the rest running', async () => {
    const { pid } = await status('coder');
    const { code, stdout } = await fleet.run('boot sync');
    assert.match(stdout, /^sync: profile=restored prior_state=running action=started$/m);
    assert.match(stdout, /^sync: profile=idle prior_state=None action=registered$/m);
    assert.match(stdout, /^sync: profile=gone action=retired$/m);
    assert.equal(code, 0);
    assert.deepEqual(slots(), ['gateway-coder', 'gateway-default', 'gateway-idle', 'gateway-restored']);
    await until(async () => (await status('restored'))['ready'], 'restored is ready');
    assert.equal((await status('coder'))['pid'], pid);
    assert.equal((await status('idle'))['state'], 'down');
    assert.deepEqual(supervisorsOf(fleet.tree.scandir, 'gateway-gone'), []);
    const log = readFileSync(fleet.home.file('logs/container-boot.log'), 'utf8');
    assert.match(log, /profile=restored prior_state=running action=started$/m);
    const history = (await fleet.run('gateway history --since 1h')).stdout;
    assert.match(history, /sync restored: done .*, because "started"$/m);
    assert.match(history, /sync idle: done .*, because "registered"$/m);
    assert.match(history, /retire gone: done .*, because "boot sync: there is no such profile"$/m);
    assert.doesNotMatch(history, /sync coder/);
  });

  it('starts one that is wanted up and was taken down behind our back', async () => {
    await fleet.run('gateway stop coder');
    fleet.home.write({ 'profiles/coder/gateway_state.json': '{"desired_state": "running"}' });
    await fleet.run('boot sync');
    await until(async () => (await status('coder'))['ready'], 'coder is ready');
  });

  it('shows the very plan under --dry-run, and changes nothing', async () => {
    const before = slots();
    const { code, stdout } = await fleet.run('boot sync --dry-run --json');
    const planned = await parseAnswer(stdout);
    assert.equal(code, 0);
    assert.deepEqual(planned['retired'], ['gone']);
    assert.deepEqual(slots(), before);
    assert.ok(!existsSync(fleet.home.file('logs/container-boot.log')));
    assert.doesNotMatch((await fleet.run('gateway history')).stdout, /sync|retire/);
    const { actions, retired } = await parseAnswer((await fleet.run('boot sync --json')).stdout);
    assert.deepEqual([actions, retired], [planned['actions'], planned['retired']]);
  });

  it('does nothing the second time', async () => {
    await fleet.run('boot sync');
    await until(async () => (await status('restored'))['ready'], 'restored is ready');
    const pids = async () =>
      Promise.all(['coder', 'restored'].map(async (name) => (await status(name))['pid']));
    const before = await pids();
    assert.deepEqual((await parseAnswer((await fleet.run('boot sync --json')).stdout))['retired'], []);
    assert.deepEqual(await pids(), before);
  });

  it('is 69 where nobody scans, and leaves that directory empty', async () => {
    const scandir = temporaryScandir();
    const { code, stderr } = await fleet.run('boot sync', { scandir });
    assert.match(stderr, /no s6-svscan listens on/);
    assert.equal(code, 69);
    assert.deepEqual(readdirSync(scandir), []);
    rmSync(scandir, { recursive: true });
  });
});
