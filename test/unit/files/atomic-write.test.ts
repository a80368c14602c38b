import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { Failure } from '../../../src/lib/failure.ts';
import { writeAtomic } from '../../../src/lib/files/atomic-write.ts';
import { tempHome } from '../../helpers/home.ts';

const failure = (exit: number, words: RegExp) => (error: unknown) =>
  error instanceof Failure && error.exit === exit && words.test(error.message);

describe('an atomic write', () => {
  const home = tempHome();
  after(() => home.remove());

  it('makes a private file, or one of the asked mode', () => {
    writeAtomic(home.file('private'), 'a');
    writeAtomic(home.file('public'), Buffer.from('b'), { mode: 0o644, durable: false });
    assert.equal(statSync(home.file('private')).mode & 0o777, 0o600);
    assert.equal(statSync(home.file('public')).mode & 0o777, 0o644);
    assert.equal(readFileSync(home.file('public'), 'utf8'), 'b');
  });

  it('keeps the mode of an existing file', () => {
    home.write({ kept: 'old' });
    chmodSync(home.file('kept'), 0o640);
    writeAtomic(home.file('kept'), 'new', { mode: 0o600 });
    assert.equal(statSync(home.file('kept')).mode & 0o777, 0o640);
    assert.equal(readFileSync(home.file('kept'), 'utf8'), 'new');
  });

  if (process.geteuid?.() === 0) {
    it('keeps the owner of an existing file and leaves a new one to the owner of the directory', () => {
      home.write({ 'owned/old': '' });
      chownSync(home.file('owned'), 1234, 1235);
      chownSync(home.file('owned/old'), 2345, 2346);
      writeAtomic(home.file('owned/old'), 'x');
      writeAtomic(home.file('owned/new'), 'x');
      writeAtomic(home.file('owned/given'), 'x', { owner: { uid: 3456, gid: 3457 } });
      const owners = ['old', 'new', 'given'].map((name) => {
        const { uid, gid } = statSync(home.file(`owned/${name}`));
        return [uid, gid];
      });
      assert.deepEqual(owners, [
        [2345, 2346],
        [1234, 1235],
        [3456, 3457],
      ]);
    });
  }

  it('refuses a link and a directory and leaves no temporary file', () => {
    home.write({ 'refused/target': 'untouched' });
    symlinkSync('target', home.file('refused/link'));
    mkdirSync(home.file('refused/directory'));
    assert.throws(() => writeAtomic(home.file('refused/link'), 'x'), failure(1, /symbolic link/));
    assert.throws(() => writeAtomic(home.file('refused/directory'), 'x'), failure(1, /no regular file/));
    assert.deepEqual(readdirSync(home.file('refused')).sort(), ['directory', 'link', 'target']);
    assert.equal(readFileSync(home.file('refused/target'), 'utf8'), 'untouched');
  });

  it('says what kept it from writing', () => {
    assert.throws(
      () => writeAtomic(home.file('nowhere/file'), 'x'),
      failure(1, /there is no such directory/),
    );
    assert.throws(() => writeAtomic('/proc/sys/kernel/hermes', 'x'), failure(1, /cannot write/));
  });
});
