import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort } from '../helpers/free-port.ts';
import { tempHome } from '../helpers/home.ts';
import { processesOf } from '../helpers/leftovers.ts';

describe('the helpers that all tests stand on', () => {
  it('give no port twice and only ports that can be listened on', async () => {
    const ports = await Promise.all(Array.from({ length: 150 }, () => freePort()));
    assert.equal(new Set(ports).size, ports.length);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(ports.at(-1), '127.0.0.1', resolve);
    });
    server.close();
  });

  it('end a process that still runs on a home before they remove it', async () => {
    const home = tempHome({ 'SOUL.md': 'x', 'profiles/': '' });
    const child = spawn('sleep', ['1000'], { env: { HERMES_HOME: home.path }, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    await home.remove();
    assert.equal(await ended, 'SIGKILL');
    assert.deepEqual(processesOf(home.path), []);
    assert.equal(existsSync(home.path), false);
  });
});
