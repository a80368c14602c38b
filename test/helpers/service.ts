import assert from 'node:assert/strict';
import { S6CommandError, type S6CommandCode } from '../../src/lib/s6/errors.ts';
import type { ServiceFiles } from '../../src/lib/s6/service-directory.ts';

/** A service that says it is ready at once; `life` is what it then does. */
export function serviceFiles({ life = 'exec sleep 1000', down = true } = {}): ServiceFiles {
  const files = new Map([
    ['type', { content: 'longrun\n', mode: 0o644 }],
    ['run', { content: `#!/bin/sh\necho >&3\n${life}\n`, mode: 0o755 }],
    ['finish', { content: '#!/bin/sh\n[ "$1" = 78 ] && exit 125\nexit 0\n', mode: 0o755 }],
    ['notification-fd', { content: '3\n', mode: 0o644 }],
    ['log/run', { content: '#!/bin/sh\nexec cat >/dev/null\n', mode: 0o755 }],
  ]);
  return { files, down };
}

/** Asserts that a call is refused with this code, and returns the error. */
export async function rejectsWith(
  code: S6CommandCode,
  call: () => Promise<unknown>,
): Promise<S6CommandError> {
  const error = await call().then(
    () => assert.fail(`${code} expected, but it went well`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof S6CommandError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}
