import { once } from 'node:events';

const chunkLength = 64 * 1024;

/** Writes lines to stdout as fast as the reader takes them, and no faster: nothing is lost on a slow one. */
export async function writeLines<T>(lines: Iterable<T>, print: (line: T) => string): Promise<void> {
  let chunk = '';
  const flush = async () => {
    if (chunk !== '' && !process.stdout.write(chunk)) await once(process.stdout, 'drain');
    chunk = '';
  };
  for (const line of lines) {
    chunk += `${print(line)}\n`;
    if (chunk.length >= chunkLength) await flush();
  }
  await flush();
}
