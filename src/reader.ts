import { fstatSync } from 'node:fs';
import { spawnChild } from './lib/process.ts';

/**
 * Calls back when the reader of stdout has gone away (`| head -1`), which a program that has nothing to write never
 * hears of: tail(1) watches its output with poll(2), which Node cannot. Returns what ends the watching.
 */
export function whenReaderLeaves(callback: () => void): () => void {
  if (!fstatSync(1).isFIFO()) return () => undefined;
  const tail = spawnChild('tail', ['-f', `--pid=${process.pid}`, '/dev/null'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  tail.once('exit', (_, signal) => {
    if (signal === 'SIGPIPE') callback();
  });
  // Without tail(1) the next line that is written tells.
  tail.once('error', () => undefined);
  tail.unref();
  return () => void tail.kill('SIGKILL');
}
