import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { Failure } from '../../../src/lib/failure.ts';
import { LockTimeoutError, tryLock, withLock, withLockSync } from '../../../src/lib/files/lock.ts';
import { tempHome } from '../../helpers/home.ts';
import { until } from '../../helpers/until.ts';

const lockModule = new URL('../../../src/lib/files/lock.ts', import.meta.url).href;

/** A process of its own that takes the lock and keeps it until it is killed. */
function holder(lock: string, ready: string): ChildProcess {
  const program = `
    import { tryLock } from ${JSON.stringify(lockModule)};
    import { writeFileSync } from 'node:fs';
    if (tryLock(${JSON.stringify(lock)}) === null) process.exit(1);
    writeFileSync(${JSON.stringify(ready)}, '');
    setInterval(() => undefined, 1000);
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
}

describe('a kernel lock', () => {
  const home = tempHome();
  const lock = home.file('lock');
  after(() => home.remove());

  it('makes its file for its user alone', () => {
    withLockSync(lock, { timeoutMs: 1000 }, () => undefined);
    assert.equal(statSync(lock).mode & 0o777, 0o600);
  });

  it('is refused while somebody has it, in this process too, and free after release', () => {
    const first = tryLock(lock);
    assert.ok(first);
    assert.equal(tryLock(lock), null);
    first.release();
    first.release();
    const second = tryLock(lock);
    assert.ok(second);
    second.release();
  });

  it('times out with 75 and the name of the lock', async () => {
    const held = tryLock(lock);
    const failure = (error: unknown) =>
      error instanceof LockTimeoutError &&
      error.exit === 75 &&
      error.retryable &&
      error.message.includes(lock);
    await assert.rejects(
      withLock(lock, { timeoutMs: 20 }, () => undefined),
      failure,
    );
    assert.throws(() => withLockSync(lock, { timeoutMs: 20 }, () => undefined), failure);
    held?.release();
  });

  it('is given back when the work under it throws', async () => {
    await assert.rejects(
      withLock(lock, { timeoutMs: 1000 }, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    tryLock(lock, 1000)?.release();
    assert.ok(tryLock(lock));
  });

  it('is waited for and comes when it is released', async () => {
    const path = home.file('waited');
    const held = tryLock(path);
    const order: string[] = [];
    const waiting = withLock(path, { timeoutMs: 30_000 }, () => order.push('second'));
    await withLock(home.file('another'), { timeoutMs: 30_000 }, () => order.push('first'));
    held?.release();
    await waiting;
    assert.deepEqual(order, ['first', 'second']);
  });

  it('of a SIGKILLed holder delays nobody', async () => {
    const path = home.file('killed');
    const ready = home.file('ready');
    const child = holder(path, ready);
    await until(() => statSync(ready).isFile(), 'the holder has the lock');
    assert.equal(tryLock(path), null);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const held = tryLock(path);
    assert.ok(held, 'free at once');
    held.release();
  });

  it('comes to a waiter at the moment when the holder is SIGKILLed', async () => {
    const path = home.file('killed-2');
    const ready = home.file('ready-2');
    const child = holder(path, ready);
    await until(() => statSync(ready).isFile(), 'the holder has the lock');
    const waiting = withLock(path, { timeoutMs: 30_000 }, () => 'mine');
    child.kill('SIGKILL');
    assert.equal(await waiting, 'mine');
  });

  it('lets many processes change one file and loses no change', async () => {
    const counter = home.file('counter');
    writeFileSync(counter, '0');
    const program = `
      import { withLockSync } from ${JSON.stringify(lockModule)};
      import { readFileSync, writeFileSync } from 'node:fs';
      for (let i = 0; i < 5; i++)
        withLockSync(${JSON.stringify(home.file('counted'))}, { timeoutMs: 60000 }, () =>
          writeFileSync(${JSON.stringify(counter)}, String(Number(readFileSync(${JSON.stringify(counter)}, 'utf8')) + 1)));
    `;
    const children = Array.from({ length: 8 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as unknown));
    assert.deepEqual(new Set(codes), new Set([0]));
    assert.equal(readFileSync(counter, 'utf8'), '40');
  }).timeout(120_000);

  it('is never taken on a file that was removed meanwhile', async () => {
    const path = home.file('removed');
    const first = tryLock(path);
    const waiting = withLock(path, { timeoutMs: 30_000 }, () => statSync(path).isFile());
    rmSync(path);
    first?.release();
    assert.equal(await waiting, true);
  });

  it('refuses a symbolic link and a directory, and names a directory that is missing', async () => {
    symlinkSync(home.file('elsewhere'), home.file('link'));
    mkdirSync(home.file('directory'));
    const facts = {
      link: /symbolic link/,
      directory: /no regular file/,
      'missing/lock': /no such directory/,
    };
    for (const [name, words] of Object.entries(facts)) {
      const failure = (error: unknown) =>
        error instanceof Failure && error.message.includes(home.file(name)) && words.test(error.message);
      assert.throws(() => tryLock(home.file(name)), failure);
      await assert.rejects(
        withLock(home.file(name), { timeoutMs: 10 }, () => undefined),
        failure,
      );
    }
    assert.equal(statSync(home.file('elsewhere'), { throwIfNoEntry: false }), undefined);
  });
});
