import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type Installed, installed } from '../../helpers/installed.ts';

describe('the code cache', () => {
  let program: Installed;
  beforeEach(() => (program = installed()));
  afterEach(() => program.remove());

  const probe = `
    const { script } = require(process.argv[1]).load('commands', process.argv[2]);
    process.stdout.write(String(script.cachedDataRejected));`;
  /** Whether V8 rejected the cache; `undefined` where it was given none. */
  const rejectedOf = (cache: string, ...flags: string[]) =>
    execFileSync(process.execPath, [...flags, '-e', probe, program.file('bin/load.js'), cache], {
      encoding: 'utf8',
    });
  const rejected = (...flags: string[]) => rejectedOf('commands', ...flags);
  const version = (flags: string[] = [], options = {}) =>
    spawnSync(process.execPath, [...flags, program.file('bin/run.js'), '--version'], {
      encoding: 'utf8',
      ...options,
    });

  it('is used, and needs neither sources nor node_modules', () => {
    for (const cache of ['commands', 'transition', 'boot']) assert.equal(rejectedOf(cache), 'false', cache);
    assert.match(version().stdout, /^hermes-gateways\//);
  });

  it('is not used for a bundle that changed, not even when its length is the same', () => {
    const bundle = program.file('dist/commands.cjs');
    const text = readFileSync(bundle, 'latin1');
    const changed = text.replace('--json needs a whole command', '--json wants one of commands');
    assert.equal(changed.length, text.length);
    assert.notEqual(changed, text);
    writeFileSync(bundle, changed, 'latin1');
    assert.equal(rejected(), 'undefined');
    const said = spawnSync(process.execPath, [program.file('bin/run.js'), 'gateway', '--json'], {
      encoding: 'utf8',
    });
    assert.match(said.stdout, /wants one of commands/);
  });

  it('is not used by another Node than the one it was made with', () => {
    const cache = program.file('dist/commands.cache');
    const bytes = readFileSync(cache);
    writeFileSync(cache, Buffer.concat([Buffer.from('v22.0.0'), bytes.subarray(bytes.indexOf(' '))]));
    assert.equal(rejected(), 'undefined');
    assert.equal(version().status, 0);
  });

  it('costs nothing but time when it is missing, cut short, or made for other flags of V8', () => {
    assert.equal(rejected('--stack-size=900', '--no-opt'), 'true');
    assert.equal(version(['--no-opt']).status, 0);
    truncateSync(program.file('dist/commands.cache'), 1000);
    assert.equal(rejected(), 'undefined');
    assert.equal(version().status, 0);
    rmSync(program.file('dist/commands.cache'));
    assert.equal(version().status, 0);
  });

  it('serves a user who can write nothing, and is not written at run time', () => {
    execFileSync('chmod', ['-R', 'a-w,a+rX', program.root]);
    chmodSync(program.root, 0o555);
    const before = readdirSync(program.file('dist'));
    const as = process.getuid?.() === 0 ? { uid: 12_345, gid: 12_345 } : {};
    const { stdout, stderr } = version([], { ...as, env: { HOME: '/nonexistent' } });
    assert.match(stdout, /^hermes-gateways\//);
    assert.equal(stderr, '');
    assert.deepEqual(readdirSync(program.file('dist')), before);
  });
});
