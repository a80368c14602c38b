import assert from 'node:assert/strict';
import { Failure } from '../../../src/lib/failure.ts';
import { errorObject, usageFailure, wantsJson } from '../../../src/render.ts';

describe('rendering failures', () => {
  it('shows of a failure its code, sentence, way out, and nothing else', () => {
    const failure = new Failure('coder is away', { code: 'AWAY', exit: 4, cause: new Error('secret') });
    assert.deepEqual(errorObject(Object.assign(failure, { argv: ['--token', 'secret'] })), {
      schema: 'hermes.error/1',
      error: { code: 'AWAY', message: 'coder is away', hint: null, retryable: false },
    });
  });

  it('shows a bug as INTERNAL', () => {
    assert.equal(errorObject(new TypeError('x is not a function')).error.code, 'INTERNAL');
  });

  it("makes one plain line of the parser's message", () => {
    const said = 'Parsing --timeout \n\t\u001b[2mExpected an integer\u001b[22m\nSee more help with --help';
    const failure = usageFailure(new Error(said), 'gateway:start');
    assert.equal(failure.message, 'Parsing --timeout Expected an integer');
    assert.equal(failure.hint, 'See "hermes gateway start --help".');
    assert.equal(failure.exit, 2);
  });

  it('takes --json for ours before a double dash only', () => {
    assert.equal(wantsJson(['gateway', 'status', '--json']), true);
    assert.equal(wantsJson(['gateway', 'run', '--', '--json']), false);
    assert.equal(wantsJson([]), false);
  });
});
