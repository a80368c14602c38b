import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startEcho } from '../../../src/lib/gateway/echo-gateway.ts';
import type { Workload } from '../../../src/lib/gateway/workload.ts';
import { freePort } from '../../helpers/free-port.ts';
import { until } from '../../helpers/until.ts';

describe('the built-in gateway', () => {
  let gateway: Workload;
  let port: number;
  let named: () => Promise<number>;
  let said: string[];
  let reread: (string | null)[];
  beforeEach(async () => {
    port = await freePort();
    named = () => Promise.resolve(port);
    said = [];
    reread = [];
    gateway = await startEcho({
      port,
      readPort: () => named(),
      say: (line) => said.push(line),
      reread: (_, error) => Promise.resolve(void reread.push(error)),
    });
  });
  afterEach(() => gateway.stop('SIGTERM', 1_000));
  const url = (path: string, at = port): string => `http://127.0.0.1:${at}${path}`;
  const status = async (path: string, init?: RequestInit): Promise<number> =>
    (await fetch(url(path), init)).status;

  it('is healthy while it serves, and knows nothing but /health and /messages', async () => {
    assert.equal(await status('/health'), 200);
    assert.equal(await status('/health', { method: 'HEAD' }), 200);
    assert.equal(await status('/health', { method: 'POST' }), 404);
    assert.equal(await status('/messages'), 404);
    assert.equal(await status('//'), 404);
  });

  it('sends a message back as it came', async () => {
    const body = JSON.stringify({ text: 'grüß Gott' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url('/messages'), { method: 'POST', body, headers });
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(await answer.text(), body);
  });

  it('refuses a message of more than 1 MiB', async () => {
    assert.equal(await status('/messages', { method: 'POST', body: 'x'.repeat(1024 * 1024) }), 200);
    assert.equal(await status('/messages', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }), 413);
  });

  /** A message of which only the first half has been sent. */
  async function halfSent(): Promise<{ readonly request: ClientRequest; readonly answer: Promise<string> }> {
    const request = sendRequest(url('/messages'), { method: 'POST', agent: false });
    const answer = once(request, 'response').then(([response]) => text(response as IncomingMessage));
    await new Promise((resolve) => request.write('first ', resolve));
    // It is in flight once the gateway has answered somebody who came later.
    assert.equal(await status('/health'), 200);
    return { request, answer };
  }

  it('answers the requests in flight before it stops, and takes no new ones', async () => {
    const { request, answer } = await halfSent();
    const stopped = gateway.stop('SIGTERM', 20_000);
    await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
    request.end('second');
    assert.equal(await answer, 'first second');
    await stopped;
  });

  it('is not healthy while it drains', async () => {
    const client = connect(port, '127.0.0.1');
    const answers = text(client);
    await new Promise((resolve) =>
      client.write('POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nha', resolve),
    );
    assert.equal(await status('/health'), 200);
    const stopped = gateway.stop('SIGTERM', 20_000);
    client.end('lf' + 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(await answers, /^HTTP\/1\.1 200 [^]*half[^]*HTTP\/1\.1 503 [^]*"draining"/);
    await stopped;
  });

  it('cuts requests off that outlive the grace', async () => {
    const { answer } = await halfSent();
    const cut = assert.rejects(answer);
    await gateway.stop('SIGTERM', 50);
    await cut;
  });

  it('moves to the port that its configuration names on SIGHUP', async () => {
    const other = await freePort();
    named = () => Promise.resolve(other);
    gateway.signal('SIGHUP');
    await until(() => said.length, 'it has read the configuration');
    assert.equal((await fetch(url('/health', other))).status, 200);
    await assert.rejects(fetch(url('/health')));
    assert.deepEqual(reread, [null]);
  });

  it('stays as it is when the configuration it finds on SIGHUP cannot work', async () => {
    named = () => Promise.reject(new Error('gateway.port must be a number'));
    gateway.signal('SIGHUP');
    await until(() => said.length, 'it has read the configuration');
    assert.match(said.join(), /stays as it was: gateway\.port must be a number/);
    assert.equal(await status('/health'), 200);
    assert.deepEqual(reread, ['gateway.port must be a number']);
  });

  it('has nothing to do on other signals', async () => {
    gateway.signal('SIGUSR1');
    assert.equal(await status('/health'), 200);
  });
});
