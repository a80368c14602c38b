import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, orphaned, startFleet } from '../helpers/fleet.ts';
import { startTree } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

interface Told {
  readonly why: string;
  readonly next: string;
  readonly events: readonly {
    readonly kind: string;
    readonly code?: number | null;
    readonly asked?: boolean;
    readonly reason?: string | null;
  }[];
}

describe('gateway why', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const reaches = (state: string, deaths = 0) =>
    until(async () => {
      const status = await fleet.one('gateway status coder');
      const reached = status['state'] === state && Number(status['deaths']) >= deaths;
      return reached ? status : assert.fail(JSON.stringify(status));
    }, `coder is ${state}`);

  /** What it says as JSON, and the same sentences at the end of the text. */
  async function told(): Promise<Told> {
    const { code, stdout } = await fleet.run('gateway why coder --json');
    assert.equal(code, 0, stdout);
    return (await parseAnswer(stdout)) as unknown as Told;
  }

  it('tells of a gateway that is ready who wanted that, and that nothing is to be done', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder --reason \x1b[2Jdemo');
    const { code, stdout } = await fleet.run('gateway why coder');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^\S+Z {2}command {2}start by \S+ \(.+\), because "\\x1b\[2Jdemo": done after [\d.]+ s$/m,
    );
    assert.match(stdout, /^\S+Z {2}now {6}wanted up, ready {2}pid \d+/m);
    assert.match(
      stdout,
      /\ncoder is ready \(pid \d+, for \w+\): \S+ \(.+\) wanted it up at \S+ \(.+ ago\), because "\\x1b\[2Jdemo"\.\nNothing needs to be typed\.\n$/,
    );
  });

  it('gives no death the words of one that was forgotten', async () => {
    const exits = (code: number) => `gateway:\n  command: [sh, -c, "exit ${code}"]\n`;
    await fleet.profiles(['coder']);
    writeFileSync(fleet.file('coder', 'config.yaml'), exits(3));
    await fleet.run('gateway start coder');
    await reaches('backoff', 2);
    await fleet.run('gateway reset-failed coder');
    await fleet.run('gateway stop coder');
    for (const code of [5, 78]) {
      writeFileSync(fleet.file('coder', 'config.yaml'), exits(code));
      await fleet.run('gateway start coder');
      await fleet.run('gateway stop coder');
    }
    const { why, events } = await told();
    const deaths = events.filter(({ kind, asked }) => kind === 'death' && asked === false);
    for (const { code, reason } of deaths)
      assert.ok(reason === null || reason === `exit ${String(code)}`, JSON.stringify(deaths));
    assert.doesNotMatch(why, /exit 3|exit 5/);
  });

  it('tells of one that was never started', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('boot reconcile');
    const { why, next, events } = await told();
    assert.equal(why, 'coder is down, because it was never started.');
    assert.equal(next, 'Type "hermes gateway start -p coder" to have it up.');
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['boot'],
    );
  });

  it('tells of one without a slot', async () => {
    await fleet.profiles(['coder']);
    const { why, next } = await told();
    assert.match(why, /^coder has no slot, so s6 does not know it: no boot pass has seen it\.$/);
    assert.equal(next, 'Type "hermes boot sync" to make one.');
    await fleet.run('boot sync');
    assert.equal((await fleet.one('gateway status coder'))['state'], 'down');
  });

  it('tells who stopped it and why, and which end was asked for', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder --reason lunch');
    const { why, next, events } = await told();
    assert.match(why, /^coder is down: \S+ \(.+\) wanted it down at \S+ \(.+\), because "lunch"\.$/);
    assert.match(next, /hermes gateway start -p coder/);
    assert.deepEqual(
      events.map(({ kind, asked, reason }) => [kind, asked ?? reason]),
      [
        ['command', null],
        ['command', 'lunch'],
        ['death', true],
      ],
    );
  });

  it('tells of a crash loop how it ends, what it said, and when it is tried again', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "echo out of cheese; exit 3"]\n');
    await fleet.run('gateway start coder');
    await reaches('backoff', 3);
    const { stdout } = await fleet.run('gateway why coder -n 2');
    assert.match(
      stdout,
      /death {4}exit 3 \(\d+ times since \S+Z\)\n {4}\| out of cheese\n {4}\| ends with 3: exit 3\n/,
    );
    assert.match(
      stdout,
      /\ncoder keeps dying: (next try in \w+|trying now), \d+ deaths in \w+, last: exit 3\. Its last end: exit 3\.\n/,
    );
    assert.match(stdout, /"hermes gateway logs --previous -p coder" .* "hermes gateway restart -p coder"/);
    assert.equal((await fleet.run('gateway logs --previous -p coder')).code, 0);
  });

  it('names the line of the configuration that made it give up', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    fleet.home.write({ 'profiles/coder/config.yaml': 'gateway:\n  port: none\n' });
    execFileSync('/usr/bin/s6-svc', ['-r', join(fleet.tree.scandir, 'gateway-coder')]);
    await reaches('failed');
    const { why, next } = await until(async () => {
      const answer = await told();
      return answer.why.includes('line 2') && answer;
    }, 'its last words are in the log');
    assert.match(why, /given up after exit 78.*config\.yaml, line 2: gateway\.port must be a whole number/);
    assert.equal(next, 'Correct that, then type "hermes gateway start -p coder".');
  });

  it('names the other gateway that has its port, and a command that ends that', async () => {
    await fleet.profiles(['writer', 'coder']);
    const port = /port: (\d+)/.exec(
      execFileSync('cat', [fleet.file('writer', 'config.yaml')], { encoding: 'utf8' }),
    )?.[1];
    fleet.home.write({ 'profiles/coder/config.yaml': `gateway:\n  port: ${port ?? ''}\n` });
    await fleet.run('gateway start writer');
    await fleet.run('gateway start coder');
    const { why, next } = await told();
    assert.match(
      why,
      new RegExp(`port ${port ?? ''} is taken, and the configuration of writer names it too`),
    );
    const [, remedy = ''] =
      /^Type "(sed .*)"\. Then type "hermes gateway start -p coder"\.$/.exec(next) ?? assert.fail(next);
    execFileSync('/bin/sh', ['-c', remedy.replace(/ && .*/, '')]);
    await fleet.run('gateway restart writer');
    assert.equal((await fleet.run('gateway start coder')).code, 0);
  });

  it('tells of a SIGKILL whether the kernel counts kills for lack of memory', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => {
      const { state, pid: next } = await fleet.one('gateway status coder');
      return state === 'ready' && next !== pid;
    }, 's6 has brought it back');
    const { why, next } = await told();
    assert.match(
      why,
      /It ended by itself at .*, and s6 started it again: killed by SIGKILL; .*lack of memory/,
    );
    assert.match(next, /hermes gateway logs --previous -p coder/);
  });

  it('tells that a boot pass brought it back after the tree was gone', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder --reason work');
    await fleet.tree.stop();
    const scandir = fleet.tree.scandir;
    execFileSync('mkdir', [scandir]);
    await fleet.run('boot reconcile');
    const tree = await startTree({
      env: { HERMES_HOME: fleet.home.path, S6_PROFILE_GATEWAY_SCANDIR: scandir },
      scandir,
    });
    try {
      await reaches('ready');
      const { why } = await told();
      assert.match(
        why,
        /^coder is ready \(.*\): the boot pass at .* brought it up, because \S+ \(.+\) wanted it up .*"work"\.$/,
      );
    } finally {
      await tree.stop();
    }
  });

  it('tells that somebody went round the program', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    execFileSync('/usr/bin/s6-svc', ['-wD', '-T', '20000', '-d', join(fleet.tree.scandir, 'gateway-coder')]);
    const { why, next } = await told();
    assert.match(
      why,
      /^coder is down, though .* wanted it up .*: somebody told s6, not hermes, to keep it down\. It ended at .*: exit 143/,
    );
    assert.equal(next, 'Type "hermes gateway start -p coder".');
  });

  it('tells of a gateway that nobody supervises, by its PID', async () => {
    await fleet.profiles(['coder']);
    const pid = await orphaned(fleet);
    const { why, next } = await told();
    assert.match(why, new RegExp(`^pid ${pid} is the gateway of coder, but nobody supervises it`));
    assert.match(next, /hermes gateway restart -p coder/);
  });

  it('goes on without what cannot be read, and says so', async () => {
    await fleet.profiles(['coder']);
    fleet.home.write({ 'logs/container-boot.log/': '', 'logs/lifecycle.jsonl': 'no journal\n{"at":1}\n' });
    const { code, stdout, stderr } = await fleet.run('gateway why coder');
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: .*container-boot\.log is no regular file$/m);
    assert.match(stdout, /^coder has no slot/m);
  });

  it('tells who deleted a profile that is gone, and what was probably meant for a name that never was', async () => {
    await fleet.profiles(['coder', 'writer']);
    await fleet.run('profile delete coder --yes');
    const gone = await fleet.run('gateway why coder');
    assert.equal(gone.code, 4);
    assert.match(gone.stderr, /^Error: coder was deleted by \S+ \(.+\) at \S+Z\n/);
    const typo = await fleet.run('gateway why writr');
    assert.equal(typo.code, 4);
    assert.match(typo.stderr, /Did you mean "writer"\?/);
    rmSync(fleet.home.file('logs/lifecycle.jsonl'));
    assert.match((await fleet.run('gateway why coder')).stderr, /no such gateway 'coder'/);
  });
});
