import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../failure.ts';
import type { Workload } from './workload.ts';

const bodyLimit = 1024 * 1024;
const requestLimitMs = 30_000;

export interface EchoOptions {
  readonly port: number;
  /** The port that the configuration names now; throws when the configuration cannot work. */
  readonly readPort: () => Promise<number>;
  readonly say: (line: string) => void;
  /** Hears of each reading after the first: when it began, and why what was read is not in force (null: it is). */
  readonly reread: (at: Date, error: string | null) => Promise<void>;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) {
      response.setHeader('connection', 'close');
      answer(response, 413, { error: `a message has at most ${bodyLimit} bytes` });
      return;
    }
    chunks.push(chunk);
  }
  response.writeHead(200, {
    'content-type': request.headers['content-type'] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  });
  response.end(Buffer.concat(chunks));
}

/** The HTTP side: `GET /health` says 200 while it serves, `POST /messages` sends the message back. */
async function listen(port: number): Promise<Server> {
  const server = createServer({ requestTimeout: requestLimitMs }, (request, response) => {
    const [path] = (request.url ?? '/').split('?');
    const draining = !server.listening;
    if (draining) response.setHeader('connection', 'close');
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
    if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD'))
      answer(response, draining ? 503 : 200, { status: draining ? 'draining' : 'ok' });
    else if (path === '/messages' && request.method === 'POST')
      // A client that goes away in the middle of its message has nobody left to tell.
      echo(request, response).catch(() => response.destroy());
    else answer(response, 404, { error: 'there is GET /health and POST /messages' });
  });
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  return server;
}

/** Stops accepting, lets requests in flight finish, and cuts them off after `graceMs`. */
async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const limit = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(limit);
}

/**
 * The built-in gateway on 127.0.0.1. SIGHUP reads the configuration again; one that cannot work leaves the old in
 * force. Throws the system's error when the port cannot be bound.
 */
export async function startEcho({ port, readPort, say, reread }: EchoOptions): Promise<Workload> {
  const end = Promise.withResolvers<{ code: number; signal: null }>();
  let server = await listen(port);
  let reloading = Promise.resolve();

  async function reload(): Promise<void> {
    const at = new Date();
    let reason: string | null = null;
    try {
      const named = await readPort();
      const address = server.address();
      if (typeof address !== 'object' || address === null || address.port !== named) {
        const former = server;
        server = await listen(named);
        void drain(former, requestLimitMs);
      }
      say(`configuration read again: serving on 127.0.0.1:${named}`);
    } catch (error) {
      reason = messageOf(error);
      say(`the configuration stays as it was: ${reason}`);
    }
    await reread(at, reason);
  }

  return {
    ready: Promise.resolve(),
    ended: end.promise,
    async stop(_signal, graceMs) {
      await reloading;
      await drain(server, graceMs);
      end.resolve({ code: 0, signal: null });
    },
    signal(signal) {
      if (signal === 'SIGHUP') reloading = reloading.then(reload);
    },
  };
}
