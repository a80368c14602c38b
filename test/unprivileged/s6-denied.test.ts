import assert from 'node:assert/strict';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { S6CommandError } from '../../src/lib/s6/errors.ts';
import { S6ServiceManager } from '../../src/lib/s6/manager.ts';
import { bring, rejectsWith, serviceFiles } from '../helpers/service.ts';
import { binDir, startTree, type SupervisionTree } from '../helpers/tree.ts';

describe('a user who may not command s6', () => {
  let tree: SupervisionTree;
  let manager: S6ServiceManager;
  const closed: string[] = [];
  const close = (path: string, mode = 0): void => {
    closed.unshift(join(tree.scandir, path));
    chmodSync(join(tree.scandir, path), mode);
  };

  beforeEach(async () => {
    tree = await startTree();
    manager = new S6ServiceManager({ scandir: tree.scandir, binDir });
    await manager.register('gateway-coder', serviceFiles(), null);
  });
  afterEach(async () => {
    for (const path of closed.splice(0)) chmodSync(path, 0o755);
    await tree.stop();
  });

  it('is denied by the control FIFO of a service, whatever the command', async () => {
    close('gateway-coder/supervise/control');
    const error = await rejectsWith('S6_DENIED', () => manager.send('gateway-coder', ['-u']));
    assert.deepEqual([error.exit, error.returncode, error.service], [77, 111, 'gateway-coder']);
    assert.match(error.hint ?? '', /runtime user/);
    const orders = ['-U', '-D', '-dU'].map((flags) => ({ flags, until: null, timeoutMs: 1_000 }));
    for (const order of orders) {
      const answers = await manager.order([{ service: 'gateway-coder', ...order }]);
      const heard = answers.get('gateway-coder')?.heard;
      assert.ok(heard instanceof S6CommandError && heard.code === 'S6_DENIED', String(heard));
    }
  });

  it('is denied by a supervise directory that cannot even be read, and a survey names the one service', async () => {
    await manager.register('gateway-open', serviceFiles(), null);
    close('gateway-coder/supervise');
    await rejectsWith('S6_DENIED', () => manager.status('gateway-coder'));
    await rejectsWith('S6_DENIED', () => manager.deaths('gateway-coder'));
    const found = await manager.survey(['gateway-coder', 'gateway-open']);
    assert.equal(found.get('gateway-coder')?.error?.code, 'S6_DENIED');
    assert.equal(found.get('gateway-open')?.error, null);
    assert.equal(found.get('gateway-open')?.status?.up, false);
  });

  it('is denied by the control FIFO of s6-svscan before anything is made or stopped', async () => {
    await bring('up', manager.directory('gateway-coder'));
    close('.s6-svscan/control');
    await rejectsWith('S6_DENIED', () => manager.rescan(false));
    await rejectsWith('S6_DENIED', () => manager.register('gateway-new', serviceFiles(), null));
    await rejectsWith('S6_DENIED', () => manager.retire('gateway-coder', { graceMs: 1000 }));
    assert.equal(await manager.listening(), true);
    assert.equal((await manager.status('gateway-coder'))?.up, true);
    assert.deepEqual(readdirSync(tree.scandir).sort(), ['.s6-svscan', 'gateway-coder']);
  });

  it('is denied by a scandir of somebody else before anything is made or stopped', async () => {
    await bring('up', manager.directory('gateway-coder'));
    close('', 0o555);
    await rejectsWith('S6_DENIED', () => manager.register('gateway-new', serviceFiles(), null));
    await rejectsWith('S6_DENIED', () => manager.retire('gateway-coder', { graceMs: 1000 }));
    assert.equal((await manager.status('gateway-coder'))?.up, true);
    assert.deepEqual(readdirSync(tree.scandir).sort(), ['.s6-svscan', 'gateway-coder']);
  });

  it('is denied by a slot that cannot be written, which then stays as it was', async () => {
    close('gateway-coder', 0o555);
    await rejectsWith('S6_DENIED', () =>
      manager.register('gateway-coder', serviceFiles({ down: false }), null),
    );
    assert.equal((await manager.status('gateway-coder'))?.normallyUp, false);
  });

  it('is denied by a program that may not be run', async () => {
    const helpless = new S6ServiceManager({
      scandir: tree.scandir,
      binDir: join(tree.scandir, 'gateway-coder'),
    });
    const error = await rejectsWith('S6_MISSING', () => helpless.rescan(false));
    assert.equal(error.exit, 69);
  });
});
