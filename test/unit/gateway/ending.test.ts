import assert from 'node:assert/strict';
import { Failure } from '../../../src/lib/failure.ts';
import {
  afterSignal,
  byItself,
  lastWords,
  parseLastWords,
  startFailed,
} from '../../../src/lib/gateway/ending.ts';

describe('how a gateway ends', () => {
  it('is stopped with 0 after a planned SIGTERM and after SIGINT', () => {
    assert.deepEqual(afterSignal('SIGTERM', true), { state: 'stopped', reason: 'planned-stop', exit: 0 });
    assert.deepEqual(afterSignal('SIGINT', false), { state: 'stopped', reason: 'sigint', exit: 0 });
  });

  it('is still running with 143 after any other SIGTERM', () => {
    assert.deepEqual(afterSignal('SIGTERM', false), { state: 'running', reason: 'sigterm', exit: 143 });
  });

  it('is startup_failed with 78 when its configuration cannot work, else with 1', () => {
    const wrong = new Failure('no', { code: 'CONFIG_INVALID', exit: 78 });
    assert.deepEqual(startFailed(wrong), { state: 'startup_failed', reason: 'no', exit: 78 });
    assert.equal(startFailed(new Failure('denied', { code: 'DENIED', exit: 77 })).exit, 1);
    assert.equal(startFailed(new Error('EAGAIN')).exit, 1);
  });

  it('has the code of a hosted program that ended by itself, 128 and the number for a signal', () => {
    assert.deepEqual(byItself({ code: 0, signal: null }, true), {
      state: 'stopped',
      reason: 'exit 0',
      exit: 0,
    });
    assert.deepEqual(byItself({ code: 3, signal: null }, true), {
      state: 'running',
      reason: 'exit 3',
      exit: 3,
    });
    assert.deepEqual(byItself({ code: null, signal: 'SIGSEGV' }, true), {
      state: 'running',
      reason: 'signal SIGSEGV',
      exit: 139,
    });
  });

  it('is startup_failed when the hosted program never served, or says 78', () => {
    assert.equal(byItself({ code: 3, signal: null }, false).state, 'startup_failed');
    assert.equal(byItself({ code: 78, signal: null }, true).state, 'startup_failed');
  });

  it('is said in a line that can be read back', () => {
    const words = { exit: 78, reason: 'port 8650 is taken: by writer' };
    assert.deepEqual(parseLastWords(lastWords(words)), words);
    assert.equal(parseLastWords('it ends with 3: no'), null);
  });
});
