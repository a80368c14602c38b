import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S6CommandError, type S6CommandCode } from '../../src/lib/s6/errors.ts';
import type { ServiceFiles } from '../../src/lib/s6/service-directory.ts';
import { binDir } from './tree.ts';

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

/** Has s6 bring a service up, and waits until it is ready where it says so; or down, until its `finish` has ended. */
export async function bring(to: 'up' | 'down', directory: string): Promise<void> {
  const flags = to === 'up' ? ['-wU', '-U'] : ['-wD', '-D'];
  await promisify(execFile)(join(binDir, 's6-svc'), ['-T', '30000', ...flags, directory]);
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
