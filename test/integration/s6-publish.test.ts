import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../../src/lib/files/owner.ts';
import { S6CommandError } from '../../src/lib/s6/errors.ts';
import { S6ServiceManager } from '../../src/lib/s6/manager.ts';
import { stageMany, type NewService } from '../../src/lib/s6/publish.ts';
import { leftovers, updateInPlace } from '../../src/lib/s6/service-directory.ts';
import { serviceFiles } from '../helpers/service.ts';
import { binDir, nobody, startTree, temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

/** Publishes them and returns the errors by service, as the boot pass does. */
function publishMany(
  scandir: string,
  services: readonly NewService[],
  owner: Owner | null,
): Map<string, S6CommandError> {
  const staged = stageMany(scandir, services, owner);
  const failed = new Map<string, S6CommandError>();
  for (const { service } of services)
    try {
      staged.enter(service);
    } catch (error) {
      assert.ok(error instanceof S6CommandError, String(error));
      failed.set(service, error);
    }
  staged.discard();
  return failed;
}

describe('publishing many services', () => {
  let scandir: string;
  beforeEach(() => {
    scandir = temporaryScandir();
  });
  afterEach(() => rmSync(scandir, { recursive: true, force: true }));

  const services = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      service: `gateway-p${index}`,
      files: serviceFiles({ life: `exec sleep ${1000 + index}`, down: index % 2 === 0 }),
    }));

  it('makes every one whole, with its own files, and leaves nothing else', () => {
    const wanted = services(300);
    assert.deepEqual(publishMany(scandir, wanted, null), new Map());
    assert.equal(readdirSync(scandir).length, 300);
    for (const { service, files } of wanted) {
      const directory = join(scandir, service);
      for (const [path, { content, mode }] of files.files) {
        assert.equal(readFileSync(join(directory, path), 'utf8'), content);
        assert.equal(statSync(join(directory, path)).mode & 0o7777, mode);
      }
      assert.equal(readdirSync(directory).includes('down'), files.down);
      for (const part of ['', 'log'])
        assert.ok(statSync(join(directory, part, 'supervise/control')).isFIFO());
    }
  });

  it('does not hang on the umask of the caller', () => {
    const before = process.umask(0o077);
    publishMany(scandir, services(1), null);
    assert.equal(process.umask(before), 0o077);
    assert.equal(statSync(join(scandir, 'gateway-p0/supervise/control')).mode & 0o777, 0o660);
    assert.equal(statSync(join(scandir, 'gateway-p0/run')).mode & 0o777, 0o755);
  });

  it('tells what failed by service, and the others are not held up', () => {
    writeFileSync(join(scandir, 'gateway-p1'), 'a file in the way');
    const failed = publishMany(
      scandir,
      [...services(3), { service: 'gateway-\0', files: serviceFiles() }],
      null,
    );
    assert.deepEqual([...failed.keys()].sort(), ['gateway-\0', 'gateway-p1']);
    assert.equal(failed.get('gateway-p1')?.code, 'S6_FAILED');
    assert.deepEqual(readdirSync(scandir).sort(), ['gateway-p0', 'gateway-p1', 'gateway-p2']);
  });

  it('updates what is there by now', () => {
    publishMany(scandir, services(1), null);
    const [first] = services(1);
    assert.ok(first);
    const inode = statSync(join(scandir, 'gateway-p0')).ino;
    assert.deepEqual(
      publishMany(scandir, [{ ...first, files: serviceFiles({ life: 'exec true' }) }], null),
      new Map(),
    );
    assert.equal(statSync(join(scandir, 'gateway-p0')).ino, inode);
    assert.match(readFileSync(join(scandir, 'gateway-p0/run'), 'utf8'), /exec true/);
  });

  it('fails for all of them, each by name, where there is no scandir', () => {
    const failed = publishMany(join(scandir, 'missing'), services(2), null);
    assert.deepEqual([...failed.keys()], ['gateway-p0', 'gateway-p1']);
  });

  it('makes services that s6 supervises and starts', async () => {
    publishMany(scandir, services(6), null);
    const tree = await startTree({ scandir });
    try {
      const manager = new S6ServiceManager({ scandir, binDir });
      await until(async () => {
        const found = [...(await manager.survey(manager.list())).values()];
        return (
          found.filter(({ status }) => status?.up === true).length === 3 &&
          found.every(({ status }) => status)
        );
      }, 'three of six are up');
    } finally {
      await tree.stop();
    }
  });

  it('an update of one service does not touch the files that it shares with others', () => {
    publishMany(scandir, services(2), null);
    const files = new Map([
      ...serviceFiles().files,
      ['finish', { content: '#!/bin/sh\nexit 1\n', mode: 0o755 }],
    ]);
    assert.equal(updateInPlace(scandir, 'gateway-p0', { files, down: true }), true);
    assert.equal(updateInPlace(scandir, 'gateway-p0', { files, down: true }), false);
    assert.match(readFileSync(join(scandir, 'gateway-p1/finish'), 'utf8'), /125/);
  });

  it('leftovers are the staging entries of gateways, of either naming, and nothing else', () => {
    const ours = ['.gateway-x.new-1', '.gateway-x.123', 'gateway-x.tmp', '.gateway-.new-2'];
    for (const name of [...ours, 'gateway-x', '.s6-svscan', 's6rc-oneshot-runner', 'x.tmp'])
      mkdirSync(join(scandir, name));
    assert.deepEqual(leftovers(scandir).sort(), ours.sort());
  });
});

// Only root can give a skeleton away.
if (process.getuid?.() === 0)
  describe('a service of a root tree whose skeleton belongs to an unprivileged user', () => {
    const as = (program: string, ...args: string[]) =>
      spawnSync(join(binDir, program), args, { ...nobody, encoding: 'utf8', timeout: 20_000 });

    it('is asked, started, stopped and forgiven by that user, while its scripts stay root’s', async () => {
      const tree = await startTree();
      try {
        const manager = new S6ServiceManager({ scandir: tree.scandir, binDir });
        await manager.register('gateway-coder', serviceFiles(), nobody);
        const directory = manager.directory('gateway-coder');
        assert.equal(as('s6-svstat', '-o', 'up', directory).stdout, 'false\n');
        assert.equal(as('s6-svc', '-wU', '-T', '15000', '-U', directory).status, 0);
        assert.equal(as('s6-svc', '-wD', '-T', '15000', '-D', directory).status, 0);
        assert.match(as('s6-svdt', directory).stdout, /^@/);
        assert.equal(as('s6-svdt-clear', directory).status, 0);
        assert.deepEqual(
          ['', 'run', 'log/run', 'supervise', 'log/supervise/control'].map(
            (path) => statSync(join(directory, path)).uid,
          ),
          [0, 0, 0, nobody.uid, nobody.uid],
        );
      } finally {
        await tree.stop();
      }
    });

    it('belongs to that user whole where the scandir does', () => {
      const scandir = temporaryScandir();
      chownSync(scandir, nobody.uid, nobody.gid);
      publishMany(scandir, [{ service: 'gateway-coder', files: serviceFiles() }], nobody);
      const paths = ['', 'run', 'log', 'log/run', 'event', 'supervise/event', 'down'];
      assert.deepEqual(
        paths.map((path) => statSync(join(scandir, 'gateway-coder', path)).uid),
        paths.map(() => nobody.uid),
      );
      rmSync(scandir, { recursive: true });
    });
  });
