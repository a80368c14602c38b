import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Failed {
  readonly title: string;
  readonly file: string | null;
  readonly text: string;
}

export interface Report {
  readonly passed: readonly { readonly file: string }[];
  readonly failed: readonly Failed[];
  readonly skipped: readonly { readonly file: string }[];
}

/** What mocha's own `json` reporter writes, as far as it is read here. */
interface MochaTest {
  readonly fullTitle: string;
  readonly file: string;
  readonly err: { readonly message?: string; readonly stack?: string };
}
interface MochaResult {
  readonly passes: readonly MochaTest[];
  readonly failures: readonly MochaTest[];
  readonly pending: readonly MochaTest[];
}

const limitMs = 900_000;

/** Runs mocha with these words in a process of its own, as this user, and reads its report. */
export function mocha(directory: string, uid: number | null, args: readonly string[]): Report {
  const scratch = mkdtempSync(join(tmpdir(), 'hermes-suite-'));
  if (uid !== null) spawnSync('chown', [String(uid), scratch]);
  const output = join(scratch, 'report.json');
  const words = ['--reporter', 'json', '--reporter-option', `output=${output}`, '--exit', ...args];
  const asUser = uid === null ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
  // In a copied checkout the Node that came with it: the original one may be out of the user's reach.
  const node = process.execPath.replace(process.cwd(), directory);
  const [command = node, ...rest] = [...asUser, node, 'node_modules/mocha/bin/mocha.js', ...words];
  const ended = spawnSync(command, rest, {
    cwd: directory,
    env: { ...process.env, ...(uid !== null && { HOME: scratch }) },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  try {
    return report(
      existsSync(output) ? readFileSync(output, 'utf8') : null,
      ended.status,
      ended.stdout + ended.stderr,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report(json: string | null, status: number | null, printed: string): Report {
  const result: MochaResult =
    json === null ? { passes: [], failures: [], pending: [] } : (JSON.parse(json) as MochaResult);
  const failed: Failed[] = result.failures.map((test) => ({
    title: test.fullTitle,
    file: test.file,
    text: test.err.stack ?? test.err.message ?? 'no message',
  }));
  if (status !== 0 && failed.length === 0)
    failed.push({ title: `mocha itself (exit ${String(status)})`, file: null, text: printed.slice(-8_000) });
  return { passed: result.passes, failed, skipped: result.pending };
}

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
