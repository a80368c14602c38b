import { createServer, type Server } from 'node:net';

// Below Linux's ephemeral range (32768..60999), so that no outgoing connection takes one of ours, and
// above the program's own default ports.
const first = 10_000;
const blockSize = 100;
const blocks = 220;

let next = 0;
let end = 0;

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * Takes a block of ports for this process by listening on its first one for as long as the process lives:
 * the kernel keeps every other test process out, and frees the block when this one dies.
 */
async function takeBlock(): Promise<void> {
  for (let i = 0; i < blocks; i += 1) {
    const start = first + ((process.pid + i) % blocks) * blockSize;
    if ((await listen(start)) === undefined) continue;
    next = start + 1;
    end = start + blockSize;
    return;
  }
  throw new Error('no block of ports is free on this machine');
}

async function draw(): Promise<number> {
  for (;;) {
    if (next >= end) await takeBlock();
    const port = next;
    next += 1;
    const server = await listen(port);
    if (server === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

let queue: Promise<unknown> = Promise.resolve();

/** A port on 127.0.0.1 that nobody listens on and that no other test, in any process, is given. */
export function freePort(): Promise<number> {
  const port = queue.then(draw);
  queue = port.catch(() => undefined);
  return port;
}
