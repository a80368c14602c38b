import assert from 'node:assert/strict';
import type { ProcessResult } from '../../src/lib/process.ts';
import { commandError, isUnsupervised, waitedOf } from '../../src/lib/s6/tools.ts';

const ended = (exitCode: number | null, stderr = '', more: Partial<ProcessResult> = {}): ProcessResult => ({
  exitCode,
  signal: null,
  stdout: '',
  stderr,
  timedOut: false,
  errno: null,
  ...more,
});

describe('what the exit codes of s6 mean, from 2.11 to 2.15', () => {
  for (const [title, result, code] of [
    [
      'nobody listens (up to 2.13)',
      ended(100, 'unable to control x: supervisor not listening'),
      'S6_NOT_SUPERVISED',
    ],
    ['nobody listens (from 2.14)', ended(102), 'S6_NOT_SUPERVISED'],
    ['wrong usage', ended(100, 's6-svc: usage: s6-svc [ ... ]'), 'S6_FAILED'],
    ['a denied FIFO', ended(111, 'unable to control x: Permission denied'), 'S6_DENIED'],
    ['a limit in time', ended(99, 's6-svlisten1: fatal: timed out'), 'S6_TIMEOUT'],
    ['no time to subscribe', ended(111, 'unable to ftrigr_startf: Connection timed out'), 'S6_TIMEOUT'],
    ['a program that had to be killed', ended(null, '', { timedOut: true, signal: 'SIGKILL' }), 'S6_TIMEOUT'],
    ['a program that is not there', ended(null, '', { errno: 'ENOENT' }), 'S6_MISSING'],
    ['a program that may not be run', ended(null, '', { errno: 'EACCES' }), 'S6_DENIED'],
    ['anything else', ended(111, 'Input/output error'), 'S6_FAILED'],
  ] as const)
    it(`${title}: ${code}`, () => assert.equal(commandError(result, 's6-svc -u', 'gateway-x').code, code));

  for (const [title, result, waited] of [
    ['the state is reached', ended(0), 'reached'],
    ['the limit (as it is)', ended(99, 'timed out'), 'timeout'],
    ['the limit (as its page says)', ended(1, 's6-svwait: fatal: timed out'), 'timeout'],
    ['the limit of ours', ended(null, '', { timedOut: true }), 'timeout'],
    ['failed for good (2.11)', ended(1, 'x failed permanently or its supervisor died'), 'failed'],
    ['failed for good (later)', ended(102), 'failed'],
    [
      'turned away while the state was there already',
      ended(0, 'unable to control x: Permission denied'),
      null,
    ],
    ['nobody to send it to', ended(99, 'unable to control x: supervisor not listening\ntimed out'), null],
    ['anything else', ended(111, 'unable to subscribe to events'), null],
  ] as const)
    it(`a wait that ended with ${title}: ${waited ?? 'an error'}`, () =>
      assert.equal(waitedOf(result), waited));

  it('no supervisor: 1, or no status yet; a denied directory is something else', () => {
    assert.equal(isUnsupervised(ended(1)), true);
    assert.equal(isUnsupervised(ended(111, 'unable to read status for x: No such file or directory')), true);
    assert.equal(isUnsupervised(ended(111, 'unable to check x: Permission denied')), false);
    assert.equal(isUnsupervised(ended(0)), false);
  });
});
