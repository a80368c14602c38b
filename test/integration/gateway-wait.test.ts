import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAnswer } from '../helpers/answer.ts';
import { startHermes } from '../helpers/cli.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { until } from '../helpers/until.ts';

const late =
  '  notify: true\n  command: [sh, -c, "until [ -e go ]; do sleep 0.05; done; echo >&3; exec sleep 1000000"]\n';

/** Whether a process watches files already: `gateway wait` listens to Ctrl-C before that. */
function watches(pid: number): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === 'anon_inode:inotify';
    } catch {
      return false;
    }
  });
}

describe('gateway wait', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  it('and its like take no time that cannot be waited', async () => {
    await fleet.profiles(['coder']);
    for (const words of ['wait coder', 'start coder', 'reload coder']) {
      const { code, stderr } = await fleet.run(`gateway ${words} --timeout 2147484`);
      assert.equal(code, 2);
      assert.match(stderr, /--timeout/);
    }
  });

  it('ends when the gateway says that it is ready, and not before', async () => {
    await fleet.profiles(['coder'], late);
    await fleet.run('gateway start coder --no-wait');
    const early = await fleet.run('gateway wait coder --for ready --timeout 0');
    assert.equal(early.code, 75);
    assert.match(early.stderr, /coder is starting, not ready, after 0\.\d s/);
    const waiting = fleet.run('gateway wait coder --for ready');
    writeFileSync(fleet.file('coder', 'go'), '');
    const { code, stdout } = await waiting;
    assert.equal(code, 0);
    assert.match(stdout, /^coder is ready \(pid \d+, \d+\.\d s\)\.\n$/);
  });

  it('waits for a gateway that has no slot yet', async () => {
    await fleet.profiles(['coder']);
    const waiting = fleet.run('gateway wait coder --for ready');
    await fleet.run('gateway start coder');
    assert.equal((await waiting).code, 0);
  });

  it('ends when all of several are down', async () => {
    await fleet.profiles(['one', 'two', 'never']);
    await fleet.run('gateway start one two');
    const waiting = fleet.run('gateway wait one two never --for down');
    await fleet.run('gateway stop one');
    await fleet.run('gateway stop two');
    const { code, stdout } = await waiting;
    assert.equal(code, 0);
    assert.match(stdout, /^one is down \(.*\ntwo is down \(.*\nnever is down: it has no slot \(.*\n$/);
  });

  it('gives up with 1 when the gateway was given up, and says why', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    const slot = join(fleet.tree.scandir, 'gateway-coder');
    execFileSync('/usr/bin/s6-svc', ['-d', slot]);
    await fleet.run('gateway wait coder --for down');
    fleet.home.write({ 'profiles/coder/config.yaml': 'gateway:\n  port: none\n' });
    const waiting = fleet.run('gateway wait coder --for ready');
    execFileSync('/usr/bin/s6-svc', ['-u', slot]);
    const { code, stderr } = await waiting;
    assert.equal(code, 1);
    assert.match(
      stderr,
      /coder will not come up: wanted up, but given up after exit 78: .*line 2: gateway\.port/,
    );
  });

  it('takes up for ready where nobody will say so', async () => {
    await fleet.profiles(['coder'], '  mode: exec\n  command: [sleep, "1000000"]\n');
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway wait coder --for ready');
    assert.equal(code, 0);
    assert.match(stdout, /coder is up, and will not say that it is ready/);
  });

  it('ends with 130 on Ctrl-C and says so, and the start that it waited for goes on', async () => {
    await fleet.profiles(['coder'], late);
    await fleet.run('gateway start coder --no-wait');
    for (const words of ['gateway wait coder --for ready', 'gateway wait coder --for ready --json']) {
      const child = startHermes(words.split(' '), { home: fleet.home.path, scandir: fleet.tree.scandir });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
      const code = new Promise((resolve) => child.once('close', resolve));
      await until(() => watches(child.pid ?? 0), 'it waits');
      child.kill('SIGINT');
      assert.equal(await code, 130);
      assert.match(said, /coder is no longer waited for: it is starting, not ready, after \d+\.\d s/);
      if (words.endsWith('--json'))
        assert.match(JSON.stringify(await parseAnswer(said)), /"outcome":"interrupted"/);
    }
    writeFileSync(fleet.file('coder', 'go'), '');
    assert.equal((await fleet.run('gateway wait coder --for ready')).code, 0);
  });

  it('tells each in its answer, and knows the names', async () => {
    await fleet.profiles(['coder', 'writer']);
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway wait coder writer --for ready --timeout 0 --json');
    assert.equal(code, 75);
    const { results } = await parseAnswer(stdout);
    assert.deepEqual(
      (results as Record<string, unknown>[]).map(({ outcome, state }) => [outcome, state]),
      [
        ['reached', 'ready'],
        ['timeout', 'missing'],
      ],
    );
    const typo = await fleet.run('gateway wait codr --for ready');
    assert.equal(typo.code, 4);
    assert.match(typo.stderr, /Did you mean "coder"/);
    for (const words of ['gateway wait coder', 'gateway wait coder --for happiness'])
      assert.equal((await fleet.run(words)).code, 2, words);
  });
});
