import type { ProcessResult } from '../process.ts';
import { spawnChild } from '../process.ts';
import { quoted } from '../shell.ts';

/** One program to run, by its absolute path. */
export type Words = readonly [string, ...string[]];

/**
 * Runs many programs side by side in one shell, each to its end, and gives what each said and how it ended, in order;
 * null when the signal fired before. The programs go on then: it ends the waiting alone.
 */
export function runBatch(
  commands: readonly Words[],
  signal?: AbortSignal,
): Promise<(ProcessResult | null)[]> {
  if (commands.length === 0) return Promise.resolve([]);
  // A session of its own: Ctrl-C on the terminal must not reach a command that s6 has not taken yet.
  const child = spawnChild('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const results: (ProcessResult | null)[] = commands.map(() => null);
  return new Promise((resolve, reject) => {
    let output = '';
    const end = (): void => {
      for (const [index, result] of answers(output)) results[index] = result;
      child.stdout?.destroy();
      child.unref();
      resolve(results);
    };
    child.once('error', reject);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('close', end);
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end, { once: true });
    child.stdin?.end(`${commands.map(line).join('\n')}\nwait\n`);
  });
}

/** ASCII's record separator; no s6 program prints one. */
const separator = '\x1e';

function line(words: Words, index: number): string {
  const command = words.map(quoted).join(' ');
  return `{ out=$(${command} </dev/null 2>&1); printf '%d %d %s\\036' ${index} $? "$out"; } &`;
}

function* answers(output: string): Generator<[number, ProcessResult]> {
  // What has no separator behind it has not ended yet.
  for (const answer of output.split(separator).slice(0, -1)) {
    const [, index, exitCode, text = ''] = /^(\d+) (\d+) ([^]*)$/.exec(answer) ?? [];
    const errno = errnoOf(exitCode);
    yield [
      Number(index),
      { exitCode: Number(exitCode), signal: null, stdout: text, stderr: text, timedOut: false, errno },
    ];
  }
}

// sh(1): 127 = no such program, 126 = it may not be run.
function errnoOf(exitCode: string | undefined): string | null {
  if (exitCode === '127') return 'ENOENT';
  return exitCode === '126' ? 'EACCES' : null;
}
