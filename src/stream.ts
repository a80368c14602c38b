import { out } from './output.ts';

const chunkLength = 64 * 1024;

/** Writes lines to stdout as fast as the reader takes them: nothing is lost on a slow one. False when it went away. */
export function writeLines<T>(lines: Iterable<T>, print: (line: T) => string): boolean {
  let chunk = '';
  for (const line of lines) {
    chunk += `${print(line)}\n`;
    if (chunk.length < chunkLength) continue;
    if (!out(chunk)) return false;
    chunk = '';
  }
  return chunk === '' || out(chunk);
}
