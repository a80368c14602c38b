import assert from 'node:assert/strict';
import { run, runSync, type ProcessResult } from '../../src/lib/process.ts';

type Runner = (file: string, args: readonly string[], timeoutMs?: number) => Promise<ProcessResult>;

const runners: readonly [string, Runner][] = [
  ['run', (file, args, timeoutMs = 30_000) => run(file, args, { timeoutMs })],
  ['runSync', (file, args, timeoutMs = 30_000) => Promise.resolve(runSync(file, args, { timeoutMs }))],
];

for (const [name, start] of runners)
  describe(name, () => {
    it('gives output and exit code as values', async () => {
      const result = await start('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3']);
      assert.deepEqual(result, {
        exitCode: 3,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
        timedOut: false,
        errno: null,
      });
    });

    it('tells a signal from an exit code', async () => {
      const result = await start('/bin/sh', ['-c', 'kill -TERM $$']);
      assert.equal(result.exitCode, null);
      assert.equal(result.signal, 'SIGTERM');
      assert.equal(result.errno, null);
    });

    it('kills a program at its limit and says so', async () => {
      const result = await start('/bin/sh', ['-c', 'trap "" TERM; exec sleep 60'], 50.5);
      assert.equal(result.timedOut, true);
      assert.equal(result.errno, null);
    });

    it('says why a program did not start', async () => {
      assert.equal((await start('/nonexistent/program', [])).errno, 'ENOENT');
      assert.equal((await start('/etc/passwd', [])).errno, 'EACCES');
    });

    it('never lets a shell see the arguments', async () => {
      const words = ['$HOME', 'a b', '`id`', "'", ''];
      assert.equal((await start('/usr/bin/printf', ['%s\n', ...words])).stdout, `${words.join('\n')}\n`);
    });
  });

describe('what only one of them has', () => {
  it('runSync gives input, a whole environment and further descriptors', () => {
    const cat = runSync('/bin/cat', [], { timeoutMs: 30_000, input: 'hello' });
    assert.equal(cat.stdout, 'hello');
    const env = runSync('/usr/bin/env', [], { timeoutMs: 30_000, env: { ONLY: '1' } });
    assert.equal(env.stdout, 'ONLY=1\n');
    const fd = runSync('/bin/sh', ['-c', 'echo through >&3'], { timeoutMs: 30_000, fds: [1] });
    assert.equal(fd.exitCode, 0);
  });

  it('run ends the program when its signal fires', async () => {
    const result = await run('/bin/sleep', ['60'], { timeoutMs: 60_000, signal: AbortSignal.timeout(50) });
    assert.equal(result.exitCode, null);
    assert.equal(result.timedOut, false);
  });

  it('run gives a whole environment', async () => {
    const { stdout } = await run('/usr/bin/env', [], { timeoutMs: 30_000, env: { ONLY: '1' } });
    assert.equal(stdout, 'ONLY=1\n');
  });
});
