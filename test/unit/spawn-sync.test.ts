import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { spawnLight, spawnWhole, type SyncPlan, takeLightWay } from '../../src/lib/spawn-sync.ts';

const plan = (words: readonly string[], more: Partial<SyncPlan> = {}): SyncPlan => ({
  file: words[0] ?? '',
  args: words.slice(1),
  input: null,
  fds: [],
  env: { PATH: '/usr/bin:/bin', EMPTY: undefined },
  timeoutMs: 30_000,
  ...more,
});

const plans: Readonly<Record<string, SyncPlan>> = {
  'output and exit code': plan(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3']),
  'text that is no ASCII': plan(['/usr/bin/printf', '%s', 'größer\u2028']),
  'a signal': plan(['/bin/sh', '-c', 'kill -TERM $$']),
  'the limit': plan(['/bin/sh', '-c', 'trap "" TERM; exec sleep 60'], { timeoutMs: 50 }),
  'a program that is missing': plan(['/nonexistent/program']),
  'a file that is no program': plan(['/etc/passwd']),
  'the environment': plan(['/usr/bin/env']),
  'no input': plan(['/bin/cat']),
  input: plan(['/bin/cat'], { input: 'hello\n' }),
  'much output': plan(['/bin/sh', '-c', 'yes | head -c 300000']),
  'further descriptors': plan(['/bin/sh', '-c', 'ls /proc/self/fd/3 >/dev/null && echo there'], { fds: [2] }),
};

describe('the light way to start a program', () => {
  it('is closed until somebody says that it was tried', () => {
    assert.equal(spawnLight(plan(['/bin/true'])), null);
    takeLightWay();
    assert.notEqual(spawnLight(plan(['/bin/true'])), null);
  });

  for (const [what, one] of Object.entries(plans))
    it(`tells ${what} like child_process`, () => assert.deepEqual(spawnLight(one), spawnWhole(one)));

  it('is left where Node closes it', () => {
    const script = `import { spawnLight, takeLightWay } from ${JSON.stringify(new URL('../../src/lib/spawn-sync.ts', import.meta.url).href)};
      takeLightWay();
      console.log(spawnLight({ file: '/bin/true', args: [], input: null, fds: [], env: {}, timeoutMs: 1000 }));`;
    const flags = ['--permission', '--allow-fs-read=*', '--allow-child-process', '--input-type=module'];
    const said = execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
    assert.equal(said, 'null\n');
  });
});
