import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { profileTree, tempHome, type TempHome } from '../../helpers/home.ts';
import { type Installed, installed } from '../../helpers/installed.ts';

describe('the process that s6 supervises', () => {
  let program: Installed;
  let home: TempHome;
  beforeEach(() => {
    program = installed();
    home = tempHome(profileTree('coder', 99_999));
  });
  afterEach(async () => {
    program.remove();
    await home.remove();
  });

  const run = (...words: string[]) =>
    spawnSync(process.execPath, [program.file('bin/run.js'), ...words], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HERMES_HOME: home.path, HERMES_S6_SUPERVISED_CHILD: '1' },
    });

  it('has no command line in memory', () => {
    rmSync(program.file('dist/commands.cjs'));
    const { status, stderr } = run('-p', 'coder', 'gateway', 'run');
    assert.match(stderr, /^ends with 78: .*config\.yaml, line 2: gateway\.port /);
    assert.equal(status, 78);
  });

  it('is told by the command line what cannot be', () => {
    const unknown = run('-p', 'coder', 'gateway', 'run', '--no-such-flag');
    assert.match(unknown.stderr, /^Error: gateway run takes no --no-such-flag\n/);
    assert.equal(unknown.status, 2);
    const badName = run('-p', 'Co.der', 'gateway', 'run');
    assert.match(badName.stderr, /^Error: "Co\.der" is no profile name/);
    assert.equal(badName.status, 2);
  });
});
