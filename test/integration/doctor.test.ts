import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { openClinic, reportOf, type Clinic } from '../helpers/clinic.ts';
import { runHermes } from '../helpers/cli.ts';
import { binDir, temporaryScandir } from '../helpers/tree.ts';

describe('doctor', () => {
  let clinic: Clinic;
  beforeEach(async () => {
    clinic = await openClinic({ MODEL_OF_TREE: 'value-of-tree' });
  });
  afterEach(() => clinic.close());

  it('finds nothing in a healthy home, says so, and exits 0', async () => {
    const started = await clinic.hermes('gateway', 'start', 'coder');
    assert.equal(started.code, 0, started.stderr);
    const { code, stdout, stderr } = await clinic.hermes('doctor');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\nHealthy: no problem found\.\n$/);
    assert.match(stdout, /^ok +manager: the scandir was given: .*; PID 1 is /m);
    assert.match(stdout, /^ok +volume: \d+ MiB of \d+ MiB are free/m);
    assert.equal(stderr, '');
    const report = await clinic.doctor();
    assert.deepEqual(report.findings, []);
    assert.ok(report.checks.every(({ ok }) => ok));
    assert.deepEqual(
      readdirSync(clinic.home.path).filter((name) => name.startsWith('.doctor')),
      [],
    );
  });

  it('changes nothing in a healthy home with --fix', async () => {
    assert.deepEqual((await clinic.doctor(['--fix'])).findings, []);
  });

  it('names the variables that gateways see and where they come from, never a value', async () => {
    clinic.write({ 'profiles/coder/.env': 'OWN_OF_CODER=value-of-coder\n' });
    const { environment } = await clinic.doctor();
    assert.match(environment.source, /^s6-svscan \(pid \d+\)$/);
    assert.ok(environment.names.includes('MODEL_OF_TREE'));
    assert.deepEqual(environment.profiles.find(({ profile }) => profile === 'coder')?.names, [
      'OWN_OF_CODER',
    ]);
    const { stdout } = await clinic.hermes('doctor');
    assert.match(stdout, /^ok +environment: from s6-svscan .*MODEL_OF_TREE.*\.env of coder: OWN_OF_CODER/m);
    assert.ok(!stdout.includes('value-of-'));
  });

  it('says that no service manager serves, and how to get one', async () => {
    const answer = await runHermes(['doctor', '--json'], { home: clinic.home.path });
    const [found, ...others] = (await reportOf(answer)).findings;
    assert.deepEqual(others, []);
    assert.equal(found?.check, 'manager');
    assert.match(found.evidence, /^PID 1 is /);
    assert.equal(found.fix, 'hermes boot supervise');
  });

  it('names the s6 programs that are not there', async () => {
    const programs = clinic.home.file('programs');
    mkdirSync(programs);
    for (const name of readdirSync(binDir).filter((program) => program.startsWith('s6-')))
      if (name !== 's6-setlock') symlinkSync(join(binDir, name), join(programs, name));
    const found = await clinic.only('programs', { HERMES_S6_BIN_DIR: programs });
    assert.match(found.evidence, /lacks s6-setlock$/);
  });

  it('tells an s6 that is too old by the place that it is in', async () => {
    const programs = clinic.home.file('s6-2.11.1.2/command');
    mkdirSync(programs, { recursive: true });
    // Its own place is what counts; a link leads to the real one.
    copyFileSync(join(binDir, 's6-svc'), join(programs, 's6-svc'));
    for (const name of readdirSync(binDir).filter((program) => /^s6-(?!svc$)/.test(program)))
      symlinkSync(join(binDir, name), join(programs, name));
    const found = await clinic.only('programs', { HERMES_S6_BIN_DIR: programs });
    assert.match(found.what, /older than 2\.11\.2/);
    assert.match(found.evidence, /^s6 2\.11\.1\.2 in /);
  });

  it('says that nobody listens on the scandir', async () => {
    const scandir = temporaryScandir();
    const answer = await runHermes(['doctor', '--json'], { home: clinic.home.path, scandir });
    rmSync(scandir, { recursive: true });
    const problems = (await reportOf(answer)).findings.filter(({ level }) => level === 'problem');
    assert.deepEqual(
      problems.map(({ check, fix }) => [check, fix]),
      [['scandir', 'hermes boot supervise']],
    );
  });

  it('says that the scandir does not exist', async () => {
    const scandir = clinic.home.file('nowhere');
    const answer = await runHermes(['doctor', '--json'], { home: clinic.home.path, scandir });
    assert.deepEqual(
      (await reportOf(answer)).findings.map(({ check, evidence }) => [check, evidence]),
      [['scandir', scandir]],
    );
  });

  it('shuts a scandir that everybody may write', async () => {
    chmodSync(clinic.tree.scandir, 0o777);
    const found = await clinic.only('scandir');
    assert.match(found.evidence, / is 0777$/);
    assert.equal(found.fix, 'hermes doctor --fix');
    const { healthy, findings } = await clinic.doctor(['--fix']);
    assert.ok(healthy);
    assert.ok(findings[0]?.fixed);
    assert.equal(statSync(clinic.tree.scandir).mode & 0o777, 0o775);
  });

  it('says that the home does not exist', async () => {
    const home = clinic.home.file('missing');
    const answer = await runHermes(['doctor', '--json'], { home, scandir: clinic.tree.scandir });
    const { findings } = await reportOf(answer);
    assert.ok(findings.some(({ check, fix }) => check === 'volume' && fix === `mkdir -p ${home}`));
  });

  it('takes no slot away for want of a home, and nobody calls that healthy', async () => {
    await clinic.hermes('gateway', 'start', 'coder');
    const elsewhere = { home: clinic.home.file('missing'), scandir: clinic.tree.scandir };
    const { findings } = await reportOf(await runHermes(['doctor', '--fix', '--json'], elsewhere));
    assert.deepEqual(
      findings.filter(({ fixed }) => fixed),
      [],
    );
    assert.equal((await clinic.hermes('gateway', 'status', 'coder')).code, 0);
    assert.ok(!existsSync(elsewhere.home));
    for (const [words, code] of [
      ['gateway health', 1],
      ['gateway status --all', 4],
      ['gateway stop --all', 4],
    ] as const)
      assert.equal((await runHermes(words.split(' '), elsewhere)).code, code, words);
    assert.equal((await clinic.hermes('gateway', 'status', 'coder')).code, 0);
  });

  it('takes no names', async () => {
    assert.equal((await clinic.hermes('doctor', 'coder')).code, 2);
  });

  if (process.geteuid?.() === 0) {
    const mounted = async (options: string, test: (place: string) => Promise<void>): Promise<void> => {
      const place = clinic.home.file('mount');
      mkdirSync(place);
      const { stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], {
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      try {
        await test(place);
      } finally {
        spawnSync('umount', ['--lazy', place]);
      }
    };

    it('tells what the runtime user may not do in a tree of root, and the commands that let it', async () => {
      const env = { HERMES_USER: 'nobody', HERMES_DOCKER_EXEC_AS_ROOT: '1' };
      const { findings } = await clinic.doctor([], env);
      assert.deepEqual([...new Set(findings.map(({ check }) => check))], ['scandir', 'owner', 'slots']);
      assert.ok(findings.every(({ fix }) => fix?.startsWith('chown ')));
      for (const { fix } of findings) {
        const { status, stderr } = spawnSync('sh', ['-c', fix ?? ''], { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
      }
      assert.deepEqual((await clinic.doctor([], env)).findings, []);
    });

    it('says that the scripts of slots cannot be run where the scandir is mounted noexec', () =>
      mounted('noexec,mode=755', async (place) => {
        const answer = await runHermes(['doctor', '--json'], { home: clinic.home.path, scandir: place });
        const { findings } = await reportOf(answer);
        const found = findings.find(({ what }) => what === 'the scripts of slots cannot be run');
        assert.match(found?.evidence ?? '', /mount \(tmpfs\) is mounted \S*noexec/);
        assert.equal(found?.fix, `mount -o remount,exec ${place}`);
      }));

    it('says that the volume is full, and nothing else', () =>
      mounted('size=64k,mode=755', async (place) => {
        spawnSync('dd', ['if=/dev/zero', `of=${place}/fill`, 'bs=1k', 'count=64']);
        const answer = await runHermes(['doctor', '--json'], { home: place, scandir: clinic.tree.scandir });
        const findings = (await reportOf(answer)).findings.filter(({ check }) => check === 'volume');
        assert.equal(findings.length, 1);
        assert.match(findings[0]?.what ?? '', /^the volume is almost full/);
        assert.match(findings[0]?.evidence ?? '', /^0 MiB of 0 MiB/);
      }));

    it('says that a volume is read-only', () =>
      mounted('size=64m,mode=755', async (place) => {
        spawnSync('mount', ['-o', 'remount,ro', place]);
        const answer = await runHermes(['doctor', '--json'], { home: place, scandir: clinic.tree.scandir });
        const findings = (await reportOf(answer)).findings.filter(({ check }) => check === 'volume');
        assert.deepEqual(
          findings.map(({ what, fix }) => [what, fix]),
          [['files on the volume cannot be written', `mount -o remount,rw ${place}`]],
        );
      }));
  }
});
