import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { openForAppend } from '../../../src/lib/files/append.ts';
import { tempHome } from '../../helpers/home.ts';

describe('a file that is appended to', () => {
  const home = tempHome();
  after(() => home.remove());

  function append(name: string, text: string): void {
    const fd = openForAppend(home.file(name));
    writeSync(fd, text);
    closeSync(fd);
  }

  it('is made with its directory, and grows', () => {
    append('logs/a', '1');
    append('logs/a', '2');
    assert.equal(readFileSync(home.file('logs/a'), 'utf8'), '12');
    assert.equal(statSync(home.file('logs/a')).mode & 0o777, 0o644);
  });

  it('is never opened through a link', () => {
    symlinkSync(home.file('elsewhere'), home.file('link'));
    assert.throws(() => openForAppend(home.file('link')), { exit: 1, message: /: it is a symbolic link$/ });
  });

  it('is never waited for: a FIFO is refused, whether somebody reads it or not', () => {
    execFileSync('mkfifo', [home.file('fifo')]);
    const refused = { exit: 1, message: /: it is no regular file$/ };
    assert.throws(() => openForAppend(home.file('fifo')), refused);
    const reader = openSync(home.file('fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
    assert.throws(() => openForAppend(home.file('fifo')), refused);
    closeSync(reader);
  });

  if (process.geteuid?.() === 0)
    it('belongs, made by root, to whom it is given, else to the owner of the directory', () => {
      home.write({ 'owned/': '' });
      chownSync(home.file('owned'), 1234, 1235);
      append('owned/logs/a', '1');
      closeSync(openForAppend(home.file('owned/logs/b'), { uid: 3456, gid: 3457 }));
      const owners = ['logs', 'logs/a', 'logs/b'].map((name) => statSync(home.file(`owned/${name}`)).uid);
      assert.deepEqual(owners, [1234, 1234, 3456]);
    });
});
