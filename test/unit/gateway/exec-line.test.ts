import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { shellLine } from '../../../src/lib/gateway/exec-line.ts';

/** The words as a real shell reads them back. */
function readByShell(line: string): string[] {
  const script = `for word in ${line}; do printf '%s\\0' "$word"; done`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the line of a gateway in exec mode', () => {
  it('leaves plain words as they are', () => {
    assert.equal(
      shellLine(['/usr/bin/python3', '-m', 'agent', '--port=8650']),
      '/usr/bin/python3 -m agent --port=8650',
    );
  });

  it('is read back as the same words by a shell, whatever they hold', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '*', '~', '#', ';', '!', 'a') }),
    );
    const words = fc.array(
      word.map((text) => text.replaceAll('\0', '').toWellFormed()),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(words, (argv) => assert.deepEqual(readByShell(shellLine(argv)), argv)),
      { numRuns: 10 },
    );
  });
});
