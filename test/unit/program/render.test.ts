import assert from 'node:assert/strict';
import { asFailure, Failure } from '../../../src/lib/failure.ts';
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
    assert.equal(failure.message, '--timeout: expected an integer');
    assert.equal(failure.hint, 'See "hermes gateway start --help".');
    assert.equal(failure.exit, 2);
  });

  it('names a flag that is missing', () => {
    const said = 'The following error occurred:\n  Missing required flag for\nSee more help with --help';
    assert.equal(usageFailure(new Error(said), 'gateway:wait').message, '--for is missing');
  });

  it('names an argument that is missing, and nothing besides', () => {
    const said =
      'Missing 1 required arg:\nname  Its name.\nNote: --env allows multiple values. Because of this';
    assert.equal(usageFailure(new Error(said), 'profile:create').message, 'NAME is missing');
  });

  for (const [errno, code, exit, said, look] of [
    ['EACCES', 'DENIED', 77, 'permission denied: /data/x', 'namei -l'],
    ['EROFS', 'READ_ONLY', 1, 'the volume is read-only: /data/x', 'findmnt -T'],
    ['ENOSPC', 'DISK_FULL', 1, 'the volume is full: /data/x', 'df -h'],
  ] as const)
    it(`tells ${errno} of a system call as ${code}, with the file and how to look at it`, () => {
      const error = Object.assign(new Error(`${errno}: open`), { code: errno, path: '/data/x' });
      const failure = asFailure(error);
      assert.deepEqual([failure.code, failure.exit, failure.message], [code, exit, said]);
      assert.equal(failure.hint, `Look at it with: ${look} '/data/x'`);
    });

  it('takes --json for ours before a double dash only', () => {
    assert.equal(wantsJson(['gateway', 'status', '--json']), true);
    assert.equal(wantsJson(['gateway', 'run', '--', '--json']), false);
    assert.equal(wantsJson([]), false);
  });
});
