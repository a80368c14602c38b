import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { isAlive, parentOf, startTime } from '../../../src/lib/gateway/proc-stat.ts';
import { tempHome } from '../../helpers/home.ts';

describe('the identity of a process', () => {
  it('is its PID and its start time', () => {
    const start = startTime(process.pid);
    assert.ok(start !== null && start > 0);
    assert.equal(isAlive(process.pid, start), true);
    assert.equal(isAlive(process.pid, start + 1), false);
    assert.equal(isAlive(process.pid, null), true);
    assert.equal(parentOf(process.pid), process.ppid);
  });

  it('is read correctly from a process with brackets and blanks in its name', async () => {
    const home = tempHome();
    const program = home.file('a) S 1 (b');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60']);
    try {
      assert.equal(parentOf(child.pid ?? 0), process.pid);
      assert.ok((startTime(child.pid ?? 0) ?? 0) >= (startTime(process.pid) ?? 0));
    } finally {
      child.kill('SIGKILL');
      await home.remove();
    }
  });

  it('is nothing for a process that is not there', () => {
    assert.equal(startTime(2 ** 22 + 1), null);
    assert.equal(parentOf(2 ** 22 + 1), null);
    assert.equal(isAlive(2 ** 22 + 1, null), false);
  });
});
