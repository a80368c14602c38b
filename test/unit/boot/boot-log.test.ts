import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BootLog, logStamp, logValue, stepPairs } from '../../../src/lib/boot/boot-log.ts';
import type { Step } from '../../../src/lib/boot/plan.ts';

const step: Step = { profile: 'coder', priorState: 'running', action: 'started', reason: null, slot: null };
const at = new Date('2026-11-21T02:03:04Z');

describe('The boot log', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'boot-log-'));
    path = join(directory, 'logs/container-boot.log');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function append(...steps: Step[]): void {
    const log = new BootLog(path, () => at, null);
    for (const each of steps) log.append(each);
    log.close();
  }

  it('has one line a profile, with the local time and its offset', () => {
    append(step, { ...step, priorState: null, action: 'registered' });
    const stamp = logStamp(at);
    assert.match(stamp, /^2026-11-2[012]T\d\d:\d\d:04[+-]\d{4}$/);
    assert.equal(
      readFileSync(path, 'utf8'),
      `${stamp} profile=coder prior_state=running action=started\n` +
        `${stamp} profile=coder prior_state=None action=registered\n`,
    );
  });

  it('names the reason, quoted where it holds a blank', () => {
    assert.equal(
      stepPairs({ ...step, action: 'failed', reason: 'SOUL.md is a broken link' }),
      'profile=coder prior_state=running action=failed reason="SOUL.md is a broken link"',
    );
  });

  it('keeps every value on one line, in a form that JSON reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const shown = logValue(value);
        assert.doesNotMatch(shown, /[\n\r\u0085\u2028\u2029]/);
        assert.equal(shown.startsWith('"') ? JSON.parse(shown) : shown, value);
      }),
    );
    assert.deepEqual(
      [logValue('plain'), logValue(''), logValue('a b'), logValue('a"b'), logValue('a\nb')],
      ['plain', '""', '"a b"', String.raw`"a\"b"`, String.raw`"a\nb"`],
    );
  });

  it('is renamed at 262,144 bytes before the next line, over an older one', () => {
    append(step);
    writeFileSync(path, 'x'.repeat(262_143));
    append(step);
    assert.ok(!existsSync(`${path}.1`), 'one byte below the limit');
    writeFileSync(`${path}.1`, 'older');
    writeFileSync(path, 'x'.repeat(262_144));
    append(step, step);
    assert.equal(readFileSync(`${path}.1`, 'utf8').length, 262_144);
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 3);
  });
});
