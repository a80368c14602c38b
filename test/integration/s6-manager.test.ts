import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GatewayNotRegisteredError, S6CommandError } from '../../src/lib/s6/errors.ts';
import { S6ServiceManager } from '../../src/lib/s6/manager.ts';
import { stageMany } from '../../src/lib/s6/publish.ts';
import { unaskedDeaths } from '../../src/lib/s6/tai64.ts';
import type { ServiceFiles } from '../../src/lib/s6/service-directory.ts';
import { bring, rejectsWith, serviceFiles } from '../helpers/service.ts';
import { binDir, startTree, temporaryScandir, type SupervisionTree } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

/** PIDs of the supervisors whose service directory is, or was, one of this name. */
function supervisorsOf(scandir: string, service: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .filter((pid) => {
      try {
        const cwd = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
        const isSupervisor = readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 's6-supervise';
        return isSupervisor && cwd.startsWith(scandir) && cwd.includes(service) && !cwd.includes('/log');
      } catch {
        return false;
      }
    })
    .map(Number);
}

const stubborn = `trap '' TERM\nwhile :; do sleep 0.05; done`;

describe('the s6 service manager, on a real tree', () => {
  let tree: SupervisionTree;
  let manager: S6ServiceManager;

  beforeEach(async () => {
    tree = await startTree();
    manager = new S6ServiceManager({ scandir: tree.scandir, binDir });
  });
  afterEach(() => tree.stop());

  const register = (service: string, options: Parameters<typeof serviceFiles>[0] = {}) =>
    manager.register(service, serviceFiles(options), null);
  const bringUp = (service: string) => bring('up', manager.directory(service));
  const isReady = (service: string) =>
    until(async () => (await manager.status(service))?.ready === true, `${service} is ready`);

  describe('register', () => {
    it('leaves a supervised service that is down, with the skeleton that an operator needs', async () => {
      await register('gateway-coder');
      const status = await manager.status('gateway-coder');
      assert.deepEqual([status?.up, status?.normallyUp, status?.pid], [false, false, null]);
      const modeOf = (path: string) =>
        (statSync(join(manager.directory('gateway-coder'), path)).mode & 0o7777).toString(8);
      for (const part of ['.', 'log'])
        assert.deepEqual(
          ['event', 'supervise', 'supervise/event', 'supervise/control', 'run'].map((path) =>
            modeOf(join(part, path)),
          ),
          ['3730', '755', '3730', '660', '755'],
        );
      assert.deepEqual(manager.list(), ['gateway-coder']);
      assert.deepEqual(
        readdirSync(tree.scandir).filter((name) => name.startsWith('.gateway')),
        [],
      );
    });

    it('starts it when it is not to be down', async () => {
      await register('gateway-coder', { down: false });
      await isReady('gateway-coder');
    });

    it('twice at once makes one service with one supervisor', async () => {
      await Promise.all([register('gateway-coder'), register('gateway-coder'), register('gateway-coder')]);
      assert.equal(supervisorsOf(tree.scandir, 'gateway-coder').length, 1);
    });

    it('again changes the files in place, and the running service keeps its pid and its one supervisor', async () => {
      await register('gateway-coder', { down: false });
      await bringUp('gateway-coder');
      const before = await manager.status('gateway-coder');
      writeFileSync(join(manager.directory('gateway-coder'), 'timeout-kill'), '9\n');
      await register('gateway-coder', { down: false, life: 'exec sleep 2000' });
      assert.equal((await manager.status('gateway-coder'))?.pid, before?.pid);
      assert.match(readFileSync(join(manager.directory('gateway-coder'), 'run'), 'utf8'), /sleep 2000/);
      assert.ok(!existsSync(join(manager.directory('gateway-coder'), 'timeout-kill')));
      assert.equal(supervisorsOf(tree.scandir, 'gateway-coder').length, 1);
    });

    it('after a retire of the same name leaves exactly one supervisor', async () => {
      await register('gateway-coder', { down: false });
      await manager.retire('gateway-coder', { graceMs: 5000 });
      assert.deepEqual(supervisorsOf(tree.scandir, 'gateway-coder'), []);
      await register('gateway-coder', { down: false });
      await isReady('gateway-coder');
      assert.equal(supervisorsOf(tree.scandir, 'gateway-coder').length, 1);
    });
  });

  describe('order', () => {
    it('does not wait for what has happened before it listened, and leaves no listener', async () => {
      await register('gateway-coder', { down: false });
      await isReady('gateway-coder');
      const order = { service: 'gateway-coder', flags: null, until: 'U|d.*[DO]', timeoutMs: 300_000 };
      assert.equal((await manager.order([order])).get('gateway-coder')?.heard, 'reached');
      const listeners = () => readdirSync(join(manager.directory('gateway-coder'), 'event'));
      await until(() => listeners().length === 0, 'no listener is left');
    });

    it('waits for readiness where there is none yet', async () => {
      const files = serviceFiles({ down: false }).files;
      const gate = join(tree.scandir, 'gate');
      const run = `#!/bin/sh\nwhile [ ! -e ${gate} ]; do sleep 0.05; done\necho >&3\nexec sleep 1000\n`;
      const late = new Map([...files, ['run', { content: run, mode: 0o755 }]]);
      await manager.register('gateway-coder', { files: late, down: false }, null);
      await until(async () => (await manager.status('gateway-coder'))?.up, 'up');
      const order = { service: 'gateway-coder', flags: null, until: 'U|d.*[DO]', timeoutMs: 20_000 };
      const ordered = manager.order([order]);
      const listeners = () => readdirSync(join(manager.directory('gateway-coder'), 'event'));
      await until(() => listeners().length > 0, 'a listener');
      writeFileSync(gate, '');
      const { heard, status } = (await ordered).get('gateway-coder') ?? {};
      assert.deepEqual([heard, status?.ready], ['reached', true]);
    });

    const toAll = (services: readonly string[], flags: string, until: string) =>
      services.map((service) => ({ service, flags, until, timeoutMs: 300_000 }));

    it('of several is heard by one listener, and says what each of them is then', async () => {
      const services = ['gateway-a', 'gateway-b', 'gateway-c'];
      await Promise.all(services.map((service) => register(service)));
      const raised = await manager.order(toAll(services, '-U', 'u(U|d.*[DO])'));
      for (const service of services) {
        const { heard, status } = raised.get(service) ?? {};
        assert.deepEqual([heard, status?.ready], ['reached', true]);
        assert.equal(status?.pid, (await manager.status(service))?.pid);
      }
      const lowered = await manager.order(toAll(services, '-D', 'down'));
      assert.deepEqual(
        [...lowered.values()],
        services.map(() => ({ heard: 'reached' })),
      );
      for (const service of services) assert.equal((await manager.status(service))?.up, false);
    });

    it('in two words starts a young service anew without the second that s6 lets pass', async () => {
      await register('gateway-coder');
      await bringUp('gateway-coder');
      const took = async (flags: string): Promise<number> => {
        const before = (await manager.status('gateway-coder'))?.pid;
        const begun = performance.now();
        const answers = await manager.order(toAll(['gateway-coder'], flags, 'u(U|d.*[DO])'));
        const { heard, status } = answers.get('gateway-coder') ?? {};
        assert.deepEqual([heard, status?.ready, status?.pid === before], ['reached', true, false]);
        return performance.now() - begun;
      };
      const inTwoWords = await took('-d -U');
      const inOne = await took('-dU');
      assert.ok(inTwoWords < inOne, `${inTwoWords} and ${inOne} ms`);
    });

    it('in two words starts one anew that ignores TERM, when its limit is over', async () => {
      await register('gateway-coder', { life: stubborn });
      writeFileSync(join(manager.directory('gateway-coder'), 'timeout-kill'), '1500\n');
      await bringUp('gateway-coder');
      const before = (await manager.status('gateway-coder'))?.pid;
      const order = { service: 'gateway-coder', flags: '-d -U', until: 'u(U|d.*[DO])', timeoutMs: 1_000 };
      assert.equal((await manager.order([order])).get('gateway-coder')?.heard, 'timeout');
      await until(async () => {
        const now = await manager.status('gateway-coder');
        return now?.ready === true && now.pid !== before;
      }, 's6 has killed it and started another');
    });

    it('of more services than one listener is given reaches all of them', async () => {
      const services = Array.from({ length: 210 }, (_, index) => `gateway-p${index}`);
      const staged = stageMany(
        tree.scandir,
        services.map((service) => ({ service, files: serviceFiles() })),
        null,
      );
      services.forEach((service) => staged.enter(service));
      staged.discard();
      await manager.rescan(false);
      const statuses = async () => [...(await manager.survey(services)).values()].map(({ status }) => status);
      await until(async () => (await statuses()).every((status) => status !== null), 'all are supervised');
      const answers = await manager.order(toAll(services, '-U', 'u(U|d.*[DO])'));
      assert.equal(answers.size, services.length);
      for (const [service, { heard, status }] of answers)
        assert.deepEqual([heard, status?.ready], ['reached', true], service);
    });

    for (const [what, directories] of [
      ['has no supervisor', ['event', 'supervise']],
      ['cannot even be listened to', ['supervise']],
    ] as const)
      it(`to one that ${what} is its own failure, and keeps none of the others waiting`, async () => {
        await register('gateway-coder');
        for (const directory of directories)
          mkdirSync(join(tree.scandir, 'gateway-bare', directory), { recursive: true });
        const services = ['gateway-bare', 'gateway-coder'];
        for (const [flags, until, up] of [
          ['-U', 'u(U|d.*[DO])', true],
          ['-D', 'down', false],
        ] as const) {
          const answers = await manager.order(toAll(services, flags, until));
          assert.ok(answers.get('gateway-bare')?.heard instanceof S6CommandError);
          assert.equal(answers.get('gateway-coder')?.heard, 'reached');
          assert.equal((await manager.status('gateway-coder'))?.up, up);
        }
      });
  });

  describe('send, deaths and survey', () => {
    it('a killed service comes back and its death is counted until the tally is cleared', async () => {
      await register('gateway-coder', { down: false });
      await bringUp('gateway-coder');
      const before = await manager.status('gateway-coder');
      const killedAt = Date.now();
      await manager.send('gateway-coder', ['-k']);
      await until(async () => {
        const now = await manager.status('gateway-coder');
        return now?.ready === true && now.pid !== before?.pid;
      }, 's6 brings it back');
      const [death, ...more] = await manager.deaths('gateway-coder');
      assert.deepEqual(more, []);
      assert.ok(death !== undefined && Math.abs(death.getTime() - killedAt) < 20_000, String(death));
      await manager.clearDeaths('gateway-coder');
      assert.deepEqual(await manager.deaths('gateway-coder'), []);
    });

    it('a killed supervisor is replaced, and status is null in between, never a wrong word', async () => {
      await register('gateway-coder');
      const [supervisor = 0] = supervisorsOf(tree.scandir, 'gateway-coder');
      assert.ok(supervisor > 1);
      process.kill(supervisor, 'SIGKILL');
      await until(
        () => supervisorsOf(tree.scandir, 'gateway-coder').some((pid) => pid !== supervisor),
        'a new supervisor',
      );
      await until(async () => (await manager.status('gateway-coder')) !== null, 'the new supervisor answers');
      await bringUp('gateway-coder');
    });

    it('one survey tells of services that are up, down, crashed, unsupervised and missing', async () => {
      await Promise.all([
        register('gateway-up', { down: false }),
        register('gateway-down'),
        register('gateway-crashed', { down: false }),
      ]);
      await Promise.all(['gateway-up', 'gateway-crashed'].map(bringUp));
      await manager.send('gateway-crashed', ['-k']);
      await until(async () => (await manager.deaths('gateway-crashed')).length === 1, 'the death is counted');
      mkdirSync(join(tree.scandir, 'gateway-bare'));
      const found = await manager.survey([
        'gateway-up',
        'gateway-down',
        'gateway-crashed',
        'gateway-bare',
        'gateway-typo',
      ]);
      assert.deepEqual(
        [...found].map(([service, { status, tally, error }]) => [
          service,
          status?.wantedUp ?? null,
          unaskedDeaths(tally).length,
          error,
        ]),
        [
          ['gateway-up', true, 0, null],
          ['gateway-down', false, 0, null],
          ['gateway-crashed', true, 1, null],
          ['gateway-bare', null, 0, null],
          ['gateway-typo', null, 0, null],
        ],
      );
      assert.deepEqual(await manager.survey([]), new Map());
    });
  });

  describe('retire', () => {
    it('ends service, logger and supervisors, and removes the directory', async () => {
      await register('gateway-coder', { down: false });
      await bringUp('gateway-coder');
      const pid = (await manager.status('gateway-coder'))?.pid ?? 0;
      await manager.retire('gateway-coder', { graceMs: 5000 });
      assert.ok(pid > 1 && !existsSync(`/proc/${pid}`));
      assert.deepEqual(readdirSync(tree.scandir), ['.s6-svscan']);
      assert.deepEqual(supervisorsOf(tree.scandir, 'gateway-coder'), []);
    });

    it('kills a service that ignores TERM after the grace', async () => {
      await register('gateway-coder', { life: stubborn });
      await bringUp('gateway-coder');
      await manager.retire('gateway-coder', { graceMs: 200 });
      assert.deepEqual(readdirSync(tree.scandir), ['.s6-svscan']);
    });

    it('ends a logger that will not leave', async () => {
      const { files } = serviceFiles();
      const run = { content: `#!/bin/sh\ntrap '' TERM HUP\nwhile :; do sleep 0.05; done\n`, mode: 0o755 };
      await manager.register(
        'gateway-coder',
        { files: new Map([...files, ['log/run', run]]), down: true },
        null,
      );
      await manager.retire('gateway-coder', { graceMs: 1000 });
      assert.deepEqual(readdirSync(tree.scandir), ['.s6-svscan']);
    });

    it('of a service that is not there is done', async () => {
      await manager.retire('gateway-coder', { graceMs: 1000 });
    });

    it('of one that lost its s6-svscan ends the supervisors that were left behind', async () => {
      await register('gateway-coder', { down: false });
      await bringUp('gateway-coder');
      process.kill(tree.pid, 'SIGKILL');
      await until(async () => !(await manager.listening()), 's6-svscan is gone');
      await manager.retire('gateway-coder', { graceMs: 5000 });
      assert.ok(!existsSync(manager.directory('gateway-coder')));
      assert.deepEqual(supervisorsOf(tree.scandir, 'gateway-coder'), []);
    });
  });

  it('sweep removes staging and retired leftovers of either naming, supervisors included, and nothing else', async () => {
    await register('gateway-coder');
    for (const name of ['.gateway-x.new-1', '.gateway-y.old-2', 'gateway-z.tmp']) {
      mkdirSync(join(tree.scandir, name));
      writeFileSync(join(tree.scandir, name, 'run'), '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    }
    await manager.rescan(false);
    await until(
      async () => (await manager.status('gateway-z.tmp'))?.up === true,
      's6-svscan took the half-made one',
    );
    const swept = await manager.sweep({ graceMs: 5000 });
    assert.deepEqual(swept.sort(), ['.gateway-x.new-1', '.gateway-y.old-2', 'gateway-z.tmp']);
    assert.deepEqual(readdirSync(tree.scandir).sort(), ['.s6-svscan', 'gateway-coder']);
    assert.deepEqual(supervisorsOf(tree.scandir, 'gateway-z'), []);
  });

  it('a path that does not fit is answered by the right error before anything runs', async () => {
    const helpless = new S6ServiceManager({ scandir: tree.scandir, binDir: '/nowhere' });
    for (const call of [
      () => helpless.send('gateway-typo', ['-u']),
      () => helpless.deaths('gateway-typo'),
      () => helpless.clearDeaths('gateway-typo'),
    ])
      await assert.rejects(
        call,
        (error) => error instanceof GatewayNotRegisteredError && error.profile === 'typo',
      );
  });

  it('nobody supervises: an order says so at once instead of waiting', async () => {
    mkdirSync(join(tree.scandir, 'gateway-bare'));
    await rejectsWith('S6_NOT_SUPERVISED', () => manager.send('gateway-bare', ['-U']));
    assert.equal(await manager.status('gateway-bare'), null);
    assert.deepEqual(await manager.deaths('gateway-bare'), []);
  });

  it('a missing or unfit program is named with the way to get it', async () => {
    await register('gateway-coder');
    for (const dir of ['/nowhere', null]) {
      const helpless = new S6ServiceManager({ scandir: tree.scandir, binDir: dir });
      const error = await rejectsWith('S6_MISSING', () => helpless.status('gateway-coder'));
      assert.match(error.hint ?? '', /apt-get install s6/);
      await rejectsWith('S6_MISSING', () => helpless.send('gateway-coder', ['-u']));
      if (dir !== null)
        assert.equal(
          (await helpless.survey(['gateway-coder'])).get('gateway-coder')?.error?.code,
          'S6_MISSING',
        );
    }
  });

  it('an option that s6 does not know is a failure with its exit code and words', async () => {
    await register('gateway-coder');
    const error = await rejectsWith('S6_FAILED', () => manager.send('gateway-coder', ['-Z']));
    assert.deepEqual([error.action, error.service, error.returncode], ['s6-svc -Z', 'gateway-coder', 100]);
    assert.match(error.stderr, /usage/);
  });

  it('nobody scans: a registered service waits for whoever comes, and that is told', async () => {
    const scandir = temporaryScandir();
    try {
      const alone = new S6ServiceManager({ scandir, binDir });
      assert.equal(await alone.listening(), false);
      await alone.register('gateway-coder', serviceFiles(), null);
      assert.equal(await alone.status('gateway-coder'), null);
      assert.equal(await alone.rescan(true), false);
      assert.equal(await manager.listening(), true);
      await alone.retire('gateway-coder', { graceMs: 1000 });
      assert.deepEqual(alone.list(), []);
    } finally {
      rmSync(scandir, { recursive: true });
    }
    const missing = new S6ServiceManager({ scandir: '/nowhere/scandir', binDir });
    assert.deepEqual(missing.list(), []);
    assert.deepEqual(await missing.sweep({ graceMs: 1 }), []);
    assert.equal(await missing.listening(), false);
    await rejectsWith('S6_FAILED', () => missing.register('gateway-coder', serviceFiles(), null));
  });

  it('a service that s6 cannot take is undone whole', async () => {
    const { files } = serviceFiles();
    const odd: ServiceFiles = {
      files: new Map([...files, ['data/deep/file', { content: '', mode: 0o644 }]]),
      down: true,
    };
    await rejectsWith('S6_FAILED', () => manager.register('gateway-odd', odd, null));
    assert.deepEqual(readdirSync(tree.scandir), ['.s6-svscan']);
  });
});
