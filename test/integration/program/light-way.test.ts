import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type Installed, installed } from '../../helpers/installed.ts';
import { binDir } from '../../helpers/tree.ts';

describe('the light way to start a program, in the built program', () => {
  let program: Installed;
  beforeEach(() => {
    program = installed();
    mkdirSync(program.file('home'));
    // What a Node does whose binding takes other arguments than it was given.
    writeFileSync(program.file('aborts.cjs'), 'process.binding = () => process.abort();');
  });
  afterEach(() => program.remove());

  const node = (...words: string[]) =>
    spawnSync(process.execPath, words, {
      encoding: 'utf8',
      env: {
        PATH: '/usr/bin:/bin',
        NODE_OPTIONS: `--require=${program.file('aborts.cjs')}`,
        HERMES_HOME: program.file('home'),
        HERMES_S6_BIN_DIR: binDir,
        S6_PROFILE_GATEWAY_SCANDIR: program.file('home'),
      },
    });
  const status = () => node(program.file('bin/run.js'), 'gateway', 'status');

  it('is taken where it was tried', () => {
    assert.equal(status().signal, 'SIGABRT');
  });

  it('is not taken by another Node than the one that tried it', () => {
    writeFileSync(program.file('dist/spawn-sync'), 'v24.0.0 x64\n');
    const { signal, stderr } = status();
    assert.equal(signal, null, stderr);
  });

  it('is not taken after a try that failed, and the caches are made all the same', () => {
    const warmed = node(program.file('bin/warm.js'));
    assert.equal(warmed.status, 0, warmed.stderr);
    assert.equal(existsSync(program.file('dist/spawn-sync')), false);
    const { signal, stderr } = status();
    assert.equal(signal, null, stderr);
  });
});
