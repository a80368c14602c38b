import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Failure } from '../../../src/lib/failure.ts';
import { readRegular, readRegularBytes } from '../../../src/lib/files/read.ts';
import { tempHome } from '../../helpers/home.ts';

describe('reading a regular file', () => {
  const home = tempHome({ text: 'grün\n', empty: '' });
  after(() => home.remove());

  it('gives its text, and null when it is missing', () => {
    assert.equal(readRegular(home.file('text')), 'grün\n');
    assert.equal(readRegular(home.file('empty')), '');
    assert.equal(readRegular(home.file('missing')), null);
  });

  it('drops a byte order mark', () => {
    writeFileSync(home.file('bom'), '\uFEFFx');
    assert.equal(readRegular(home.file('bom')), 'x');
  });

  it('refuses a link, a directory, a FIFO, a large file and bytes that are no text, without hanging', () => {
    symlinkSync('text', home.file('link'));
    mkdirSync(home.file('directory'));
    execFileSync('mkfifo', [home.file('fifo')]);
    writeFileSync(home.file('binary'), Buffer.from([0xff, 0xfe, 0x00]));
    const facts: readonly [string, RegExp][] = [
      ['link', /is a symbolic link/],
      ['directory', /is no regular file/],
      ['fifo', /is no regular file/],
      ['binary', /is not UTF-8 text/],
    ];
    for (const [name, words] of facts)
      assert.throws(
        () => readRegular(home.file(name)),
        (error) =>
          error instanceof Failure && words.test(error.message) && error.message.startsWith(home.path),
      );
    assert.throws(() => readRegularBytes(home.file('text'), 2), /larger than 2 bytes/);
    assert.deepEqual(readRegularBytes(home.file('binary')), Buffer.from([0xff, 0xfe, 0x00]));
  });

  it('says what is wrong with a path that leads through a file', () => {
    assert.throws(() => readRegular(home.file('text/below')), /ENOTDIR/);
  });
});
