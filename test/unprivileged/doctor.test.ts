import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openClinic, type Clinic } from '../helpers/clinic.ts';

describe('doctor of an unprivileged operator', () => {
  let clinic: Clinic;
  beforeEach(async () => {
    clinic = await openClinic();
  });
  afterEach(() => clinic.close());

  it('finds nothing in a healthy home', async () => {
    assert.deepEqual((await clinic.doctor()).findings, []);
  });

  it('tells of files that gateways may not use: path, owner, mode and the command', async () => {
    const path = clinic.home.file('profiles/coder/config.yaml');
    chmodSync(path, 0o000);
    const found = await clinic.only('owner');
    assert.equal(found.profile, 'coder');
    assert.match(found.evidence, new RegExp(`^${path} is \\d+:\\d+ 0000$`));
    assert.equal(found.fix, `chmod u+rwX ${path}`);
  });

  it('tells of a home that may not be written', async () => {
    chmodSync(clinic.home.path, 0o555);
    const found = await clinic.only('owner').finally(() => chmodSync(clinic.home.path, 0o755));
    assert.match(found.evidence, / 0555$/);
    assert.equal(found.fix, `chmod u+rwX ${clinic.home.path}`);
  });

  it('does not say of a volume that it may not write to that it can be used', async () => {
    chmodSync(clinic.home.path, 0o555);
    const { stdout } = await clinic.hermes('doctor').finally(() => chmodSync(clinic.home.path, 0o755));
    assert.match(stdout, /we may not try it out/);
  });

  it('tells of profiles that may not be looked at, and takes no slot for an orphan', async () => {
    chmodSync(clinic.home.file('profiles'), 0o000);
    const { findings } = await clinic.doctor().finally(() => chmodSync(clinic.home.file('profiles'), 0o755));
    assert.deepEqual(
      findings.map(({ check }) => check),
      ['owner'],
    );
  });

  it('opens the FIFO of s6-svscan and of a supervisor that their owner shut', async () => {
    const slot = join(clinic.tree.scandir, 'gateway-coder');
    const shut = [
      join(clinic.tree.scandir, '.s6-svscan', 'control'),
      join(slot, 'supervise', 'control'),
      join(slot, 'log', 'event'),
    ];
    for (const path of shut) chmodSync(path, 0o000);
    const { findings } = await clinic.doctor();
    assert.deepEqual(
      findings.map(({ check }) => check),
      ['scandir', 'slots'],
    );
    const { healthy } = await clinic.doctor(['--fix']);
    assert.ok(healthy);
    assert.deepEqual((await clinic.doctor()).findings, []);
    for (const path of shut) assert.notEqual(statSync(path).mode & 0o200, 0, path);
  });

  it('answers where scandir or home cannot be entered', async () => {
    for (const path of [clinic.tree.scandir, clinic.home.path]) {
      chmodSync(path, 0o000);
      const report = await clinic.doctor().finally(() => chmodSync(path, 0o755));
      assert.ok(!report.healthy);
      assert.ok(
        report.findings.some(({ evidence }) => evidence.includes(`${path} is `)),
        JSON.stringify(report.findings),
      );
      assert.deepEqual(
        report.findings.filter(({ what }) => what === 'this could not be looked at'),
        [],
      );
    }
    assert.deepEqual((await clinic.doctor()).findings, []);
  });

  it('says that slots cannot be made in a scandir that is denied', async () => {
    chmodSync(clinic.tree.scandir, 0o555);
    const found = await clinic.only('scandir').finally(() => chmodSync(clinic.tree.scandir, 0o755));
    assert.match(found.what, /cannot make slots in the scandir$/);
  });
});
