import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { entry } from '../../helpers/cli.ts';
import { type Installed, installed } from '../../helpers/installed.ts';

/** The Nodes on PATH that are too old to run the program. */
const oldNodes = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((dir) => join(dir, 'node'))
  .filter(existsSync)
  .filter((node) => {
    const { stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    return Number.parseInt(stdout, 10) < 22;
  });

describe("Node's age", () => {
  let program: Installed;
  let pretend: string;
  before(() => {
    program = installed();
    pretend = program.file('pretend.cjs');
    // This Node, as an old one: what is asked before anything is loaded is its version.
    writeFileSync(
      pretend,
      `if (!process.env.PRETENDED) Object.defineProperties(process, {
         versions: { value: { ...process.versions, node: '20.1.0' } }, version: { value: 'v20.1.0' } });
       process.env.PRETENDED = '1';`,
    );
  });
  after(() => program.remove());

  it('too old: says what is needed, exit 69', () => {
    const run = spawnSync(process.execPath, ['-r', pretend, program.file('bin/run.js'), '--version'], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 69);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, /^Error: hermes needs Node 22 or later, and this is v20\.1\.0 /);
  });

  it('too old, in a checkout: its own Node takes over, with the same words and the same end', () => {
    const run = (...words: string[]) =>
      spawnSync(process.execPath, ['-r', pretend, entry, ...words], { encoding: 'utf8' });
    assert.match(run('--version').stdout, / node-v2[2-9]/);
    assert.equal(run('profile', 'list', '--no-such-flag').status, 2);
  });

  for (const node of oldNodes)
    it(`${node} hands over as well`, () => {
      const run = spawnSync(node, [entry, '--version'], { encoding: 'utf8' });
      assert.match(run.stdout, / node-v2[2-9]/);
      assert.equal(run.status, 0);
    });
});
