import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Failed {
  readonly title: string;
  readonly file: string | null;
  readonly text: string;
}

export interface Report {
  readonly passed: readonly MochaTest[];
  readonly failed: readonly Failed[];
  readonly skipped: number;
}

/** What our reporter tells of a test. */
interface MochaTest {
  readonly fullTitle: string;
  readonly file: string;
  readonly duration?: number;
  readonly err?: string;
  readonly stack?: string | null;
}
type Event = ['pass' | 'fail', MochaTest] | ['end', { readonly pending: number }];

const reporter = './scripts/mocha-events.ts';
// The whole check has ten minutes.
const limitMs = 1_500_000;

/** Runs mocha with these words in a process of its own, as this user, and reads what it reports as it goes. */
export function mocha(directory: string, uid: number | null, args: readonly string[]): Report {
  const scratch = mkdtempSync(join(tmpdir(), 'hermes-suite-'));
  if (uid !== null) spawnSync('chown', [String(uid), scratch]);
  const asUser = uid === null ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
  // In a copied checkout the Node that came with it: the original one may be out of the user's reach.
  const node = process.execPath.replace(process.cwd(), directory);
  const words = [node, 'node_modules/mocha/bin/mocha.js', '--reporter', reporter, '--exit', ...args];
  const [command = node, ...rest] = [...asUser, ...words];
  const ended = spawnSync(command, rest, {
    cwd: directory,
    env: { ...process.env, ...(uid !== null && { HOME: scratch }) },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  rmSync(scratch, { recursive: true, force: true });
  return report(ended.status, ended.stdout, ended.stderr);
}

function report(status: number | null, stdout: string, stderr: string): Report {
  const passed: MochaTest[] = [];
  const failed: Failed[] = [];
  let skipped: number | null = null;
  for (const line of stdout.split('\n').filter((text) => /^\["(pass|fail|end)",/.test(text))) {
    const event = JSON.parse(line) as Event;
    if (event[0] === 'pass') passed.push(event[1]);
    if (event[0] === 'fail') failed.push(failure(event[1]));
    if (event[0] === 'end') skipped = event[1].pending;
  }
  // Without an end it was killed, or broke before its first test; with one, status counts the failures.
  if (skipped === null || (status !== 0 && failed.length === 0)) {
    const last = passed.slice(-5).map(({ fullTitle }) => `passed before: ${fullTitle}\n`);
    const how = status === null ? `was ended after ${limitMs / 1000} s` : `ended with ${status}`;
    const text = `${last.join('')}${stderr.slice(-8_000)}`;
    failed.push({ title: `mocha itself ${how}`, file: null, text });
  }
  return { passed, failed, skipped: skipped ?? 0 };
}

/** A log that is cut somewhere must not be filled by one failure: its first and last lines are enough. */
function shortened(text: string): string {
  const lines = text.split('\n');
  return lines.length <= 60 ? text : [...lines.slice(0, 30), '...', ...lines.slice(-30)].join('\n');
}

const failure = ({ fullTitle, file, err, stack }: MochaTest): Failed => ({
  title: fullTitle,
  file,
  text: shortened(stack ?? err ?? 'no message'),
});

/** Where an unprivileged user can read the checkout: here, or in a copy when a directory above is closed. */
export function readableCheckout(uid: number): { directory: string; remove: () => void } {
  const here = process.cwd();
  const probe = [
    '--reuid',
    String(uid),
    '--clear-groups',
    '--regid',
    String(uid),
    'test',
    '-r',
    `${here}/package.json`,
  ];
  if (spawnSync('setpriv', probe).status === 0) return { directory: here, remove: () => undefined };
  const directory = mkdtempSync(join(tmpdir(), 'hermes-checkout-'));
  spawnSync('chmod', ['755', directory]);
  cpSync(here, directory, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('/.git'),
  });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
