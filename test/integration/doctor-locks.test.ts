import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder } from '../../src/lib/gateway/orphan.ts';
import { openClinic, reportOf, type Clinic, type Found } from '../helpers/clinic.ts';
import { entry } from '../helpers/cli.ts';
import { binDir, temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

describe('doctor of locks', () => {
  let clinic: Clinic;
  const started: ChildProcess[] = [];
  beforeEach(async () => {
    clinic = await openClinic();
    mkdirSync(logs(), { recursive: true });
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await clinic.close();
  });
  const logs = (): string => clinic.home.file('logs/gateways/coder');

  /** Whoever tried to take the lock itself could be in the way of the one who is to hold it. */
  const isHeldBy = ({ pid }: ChildProcess, path: string): boolean => lockHolder(path) === pid;

  /** Another gateway, as s6-supervise would run it, but nobody's. */
  async function holdGatewayLock(): Promise<ChildProcess> {
    const path = clinic.home.file('profiles/coder/gateway.lock');
    const child = spawn(join(binDir, 's6-setlock'), ['-n', path, 'sleep', '1000'], { stdio: 'ignore' });
    started.push(child);
    await until(() => isHeldBy(child, path), 'the second gateway holds the lock');
    return child;
  }

  async function writeLog(): Promise<ChildProcess> {
    const child = spawn(join(binDir, 's6-log'), ['T', logs()], { stdio: ['pipe', 'ignore', 'ignore'] });
    started.push(child);
    await until(() => isHeldBy(child, join(logs(), 'lock')), 'the second logger holds the lock');
    return child;
  }

  /** Asks the doctor in another PID namespace with a tree of its own: what holds a lock here cannot be seen there. */
  async function doctorElsewhere(): Promise<Found[]> {
    const scandir = temporaryScandir();
    const hermes = `"${process.execPath}" -- "${entry}"`;
    const script = `s6-svscan "$S6_PROFILE_GATEWAY_SCANDIR" >/dev/null 2>&1 &
      until s6-svscanctl "$S6_PROFILE_GATEWAY_SCANDIR" 2>/dev/null; do sleep 0.02; done
      ${hermes} boot reconcile >&2
      ${hermes} doctor --json`;
    const flags = process.geteuid?.() === 0 ? '-pf' : '-Urpf';
    const child = spawn('unshare', [flags, '--mount-proc', 'sh', '-c', script], {
      env: {
        PATH: process.env.PATH,
        HOME: '/tmp',
        HERMES_HOME: clinic.home.path,
        S6_PROFILE_GATEWAY_SCANDIR: scandir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const report = await reportOf({ code, stdout, stderr, signal: null });
    return report.findings;
  }

  it('tells of a gateway that nobody supervises', async () => {
    const { pid } = await holdGatewayLock();
    const found = await clinic.only('locks');
    assert.equal(found.what, 'the gateway of coder runs and nobody supervises it');
    assert.match(found.evidence, new RegExp(`^pid ${pid ?? 0} holds .*gateway\\.lock`));
    assert.equal(found.fix, 'hermes gateway restart coder');
  });

  it('tells of a gateway that runs in another container on this volume', async () => {
    await clinic.tree.stop();
    await holdGatewayLock();
    const findings = await doctorElsewhere();
    assert.deepEqual(
      findings.map(({ check, what }) => [check, what]),
      [['locks', 'a gateway of coder runs elsewhere: two containers are on one volume']],
    );
  });

  it('tells of a log that is written in another container on this volume', async () => {
    await clinic.tree.stop();
    await writeLog();
    const findings = await doctorElsewhere();
    assert.deepEqual(
      findings.map(({ check, what }) => [check, what]),
      [['logs', 'the log of coder is written elsewhere: two containers are on one volume']],
    );
  });

  it('tells of a second logger here, and of the one command that ends it', async () => {
    const own = join(clinic.tree.scandir, 'gateway-coder', 'log');
    spawnSync(join(binDir, 's6-svc'), ['-wd', '-T', '20000', '-d', own]);
    const child = await writeLog();
    spawnSync(join(binDir, 's6-svc'), ['-u', own]);
    const found = await clinic.only('logs');
    assert.equal(found.what, 'a second logger writes the log of coder');
    assert.equal(found.fix, `kill ${child.pid ?? 0}`);
    child.kill();
    await until(async () => (await clinic.doctor()).findings.length === 0, 'the logger of the slot is alone');
  });
});
