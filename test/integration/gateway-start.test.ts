import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../src/lib/files/lock.ts';
import { type Fleet, orphaned, startFleet, stubborn } from '../helpers/fleet.ts';
import { startHermes } from '../helpers/cli.ts';
import { until } from '../helpers/until.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';

const dies = '  command: [sh, -c, "echo cannot go on >&2; exit 3"]\n';
const slow = '  notify: true\n  command: [sleep, "1000000"]\n';

/** Names of the programs that a process has started and that are there. */
function childrenOf(pid: number): string[] {
  const { stdout } = spawnSync('ps', ['-o', 'comm=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n');
}

describe('gateway start', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const slot = (name: string) => join(fleet.tree.scandir, `gateway-${name}`);
  const s6 = (...words: string[]) =>
    execFileSync(`/usr/bin/${words[0] ?? ''}`, words.slice(1), { encoding: 'utf8' });

  it('makes the slot of a profile that has none, brings it up and says what it saw', async () => {
    await fleet.profiles(['coder']);
    const { code, stdout } = await fleet.run('gateway start coder --reason first');
    assert.equal(code, 0);
    assert.match(stdout, /^coder is up and ready \(pid \d+, \d+\.\d s\)\.\n$/);
    const { desired_state, desired_reason, gateway_state } = fleet.state('coder');
    assert.deepEqual([desired_state, desired_reason, gateway_state], ['running', 'first', 'running']);
    assert.equal(existsSync(join(slot('coder'), 'down')), false);
  });

  it('leaves a gateway that is ready alone and says so', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const again = await fleet.one('gateway start coder');
    assert.deepEqual([again['outcome'], again['pid']], ['already', pid]);
  });

  it('brings a gateway up for good that s6 was told to run for now', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    writeFileSync(join(slot('coder'), 'down'), '');
    await fleet.run('gateway start coder');
    await until(() => !existsSync(join(slot('coder'), 'down')), 'the down file is gone');
  });

  it('waits for a gateway that is starting instead of starting it anew', async () => {
    await fleet.profiles(['coder']);
    const first = fleet.run('gateway start coder --no-wait');
    await first;
    const { outcome, pid } = await fleet.one('gateway start coder');
    assert.match(String(outcome), /done|already/);
    assert.equal(s6('s6-svstat', '-o', 'pid', slot('coder')).trim(), String(pid));
  });

  it('tells how a gateway left that does not come up, with its last words, and keeps the intent', async () => {
    await fleet.profiles(['coder'], dies);
    const { code, stdout, stderr } = await fleet.run('gateway start coder');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^Error: coder did not come up: exit 3; s6 goes on trying\n/);
    assert.match(stderr, /\| cannot go on/);
    assert.equal(fleet.state('coder')['desired_state'], 'running');
  });

  it('shows no log line in JSON, only where they are', async () => {
    await fleet.profiles(['coder'], dies);
    const { stdout } = await fleet.run('gateway start coder --json');
    assert.doesNotMatch(stdout, /cannot go on/);
    const { results } = JSON.parse(stdout) as { results: { error: object; log: { file: string } }[] };
    assert.equal(results[0]?.log.file, fleet.home.file('logs/gateways/coder/current'));
  });

  it('tries a gateway in backoff at once', async () => {
    await fleet.profiles(['coder'], dies);
    await fleet.run('gateway start coder');
    await until(async () => {
      const { state, deaths } = await fleet.one('gateway status coder');
      // The pause after the fourth is 8 s: longer than a loaded machine needs for what follows.
      return state === 'backoff' && Number(deaths) >= 4;
    }, 'it is in backoff');
    await fleet.profiles(['coder']);
    const { outcome, error } = await fleet.one('gateway start coder');
    assert.deepEqual([outcome, error], ['done', null]);
  });

  it('starts a gateway again that was given up after exit 78', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "exit 78"]\n');
    const { code, stderr } = await fleet.run('gateway start coder');
    assert.equal(code, 78);
    assert.match(stderr, /coder did not come up: exit 78/);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'failed');
    await fleet.profiles(['coder']);
    assert.equal((await fleet.one('gateway start coder'))['outcome'], 'done');
  });

  it('refuses a configuration that cannot work before anything is changed', async () => {
    await fleet.profiles(['coder'], '  mode: sideways\n');
    const { code, stderr } = await fleet.run('gateway start coder');
    assert.equal(code, 78);
    assert.match(stderr, /config\.yaml, line 3: gateway\.mode must be/);
    assert.equal(existsSync(fleet.file('coder', 'gateway_state.json')), false);
    assert.equal(existsSync(slot('coder')), false);
  });

  it('refuses a named profile that is told no port', async () => {
    fleet.home.write({ 'profiles/coder/SOUL.md': '', 'profiles/coder/config.yaml': '' });
    const { code, stderr } = await fleet.run('gateway start coder');
    assert.equal(code, 78);
    assert.match(stderr, /coder has no port: config\.yaml lacks gateway\.port\n.*port: 8650/);
    assert.equal(existsSync(fleet.file('coder', 'gateway_state.json')), false);
  });

  it('names the nearest gateway for one that does not exist', async () => {
    await fleet.profiles(['coder']);
    const { code, stderr } = await fleet.run('gateway start codr');
    assert.equal(code, 4);
    assert.match(stderr, /^Error: no such gateway 'codr': .*\n.*"coder"/);
    const reserved = await fleet.run('gateway start tmp');
    assert.match(reserved.stderr, /^Error: no such gateway 'tmp': the name is reserved; pick one with -p\n/);
    assert.equal(existsSync(fleet.home.file('logs/lifecycle.jsonl')), false, 'a typo is no history');
  });

  it('names the home when that does not exist', async () => {
    const { code, stderr } = await fleet.run('gateway start', { home: '/nowhere/at/all' });
    assert.equal(code, 4);
    assert.match(stderr, /^Error: default: there is no home \/nowhere\/at\/all\n.*HERMES_HOME/);
  });

  it('ends with 69 and the evidence where nobody scans the scandir, and changes nothing', async () => {
    await fleet.profiles(['coder']);
    const scandir = fleet.home.file('nobody-scans');
    mkdirSync(scandir);
    const { code, stderr } = await fleet.run('gateway start coder', { scandir });
    assert.equal(code, 69);
    assert.match(stderr, /no s6-svscan listens on /);
    assert.equal(existsSync(fleet.file('coder', 'gateway_state.json')), false);
  });

  it('gets a supervisor for a slot that has none', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    s6('s6-svscanctl', '-t', fleet.tree.scandir);
    // As long as it lives it holds the lock of the scandir, and another one would end at once.
    await until(() => !existsSync(`/proc/${fleet.tree.pid}`), 's6-svscan is gone');
    await until(
      () => supervisorsOf(fleet.tree.scandir, 'gateway-coder').length === 0,
      'the supervisor is gone',
    );
    const svscan = spawn('/usr/bin/s6-svscan', ['-t', '0', fleet.tree.scandir], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, HERMES_HOME: fleet.home.path, TREE_OF_TEST: fleet.tree.scandir },
    });
    svscan.unref();
    // It exits 100 as long as nobody listens.
    await until(() => {
      s6('s6-svscanctl', '-a', fleet.tree.scandir);
      return true;
    }, 's6-svscan listens');
    assert.equal((await fleet.one('gateway start coder'))['outcome'], 'done');
    assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-coder').length, 1);
  });

  it('ends with 75 when the time is over, and the start goes on', async () => {
    await fleet.profiles(['coder'], slow);
    const { code, stderr } = await fleet.run('gateway start coder --timeout 1');
    assert.equal(code, 75);
    assert.match(stderr, /coder is still up \(pid \d+\), not ready, after \d+\.\d s; the start goes on/);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'starting');
    assert.equal(fleet.state('coder')['desired_state'], 'running');
  });

  it('is still sent when there is no time to wait for it', async () => {
    await fleet.profiles(['coder'], slow);
    assert.equal((await fleet.run('gateway start coder --timeout 0')).code, 75);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'starting');
  });

  it('shows none of the last words of earlier runs', async () => {
    await fleet.profiles(['coder'], '  command: [sh, -c, "echo run $$ >&2; exit 78"]\n');
    const said = async () => (await fleet.run('gateway start coder')).stderr.match(/\| run \d+/g) ?? [];
    assert.equal((await said()).length, 1);
    assert.equal((await said()).length, 1);
  });

  /** A start of coder under way: its process, its exit code, and what it has said so far. */
  function startsCoder() {
    const child = startHermes(['gateway', 'start', 'coder'], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (more: string) => (text += more));
    return { child, code: new Promise((resolve) => child.once('close', resolve)), said: () => text };
  }

  it('ends the waiting on Ctrl-C, not the start', async () => {
    await fleet.profiles(['coder'], slow);
    const { child, code, said } = startsCoder();
    await until(async () => (await fleet.one('gateway status coder'))['pid'] !== null, 'it is being started');
    child.kill('SIGINT');
    assert.equal(await code, 75);
    assert.match(said(), /coder: no longer waiting; the start goes on/);
    assert.equal((await fleet.one('gateway status coder'))['state'], 'starting');
  });

  it('ends the waiting for another command on Ctrl-C too, and has done nothing', async () => {
    await fleet.profiles(['coder']);
    const other = tryLock(fleet.file('coder', '.lifecycle.lock')) ?? assert.fail('nobody is at work');
    const { child, code, said } = startsCoder();
    await until(() => childrenOf(child.pid ?? 0).includes('flock'), 'it waits for the lock');
    child.kill('SIGINT');
    assert.equal(await code, 75);
    assert.match(said(), /coder: no longer waiting for the command before this one; nothing was done/);
    assert.equal(existsSync(fleet.file('coder', 'gateway_state.json')), false);
    other.release();
  });

  it('finds no such profile when the command that it waits for takes that away', async () => {
    await fleet.profiles(['coder']);
    const other = tryLock(fleet.file('coder', '.lifecycle.lock')) ?? assert.fail('nobody is at work');
    const { child, code, said } = startsCoder();
    await until(() => childrenOf(child.pid ?? 0).includes('flock'), 'it waits for the lock');
    rmSync(fleet.file('coder', ''), { recursive: true });
    other.release();
    assert.equal(await code, 4, said());
    assert.match(said(), /there is no profile coder/);
  });

  it('ends a gateway that nobody supervises, which holds the lock, and takes its place', async () => {
    await fleet.profiles(['coder']);
    const orphan = await orphaned(fleet);
    const { outcome, pid, note } = await fleet.one('gateway start coder');
    assert.equal(outcome, 'done');
    assert.notEqual(pid, orphan);
    assert.match(String(note), new RegExp(`ended pid ${orphan}, a gateway that nobody supervised`));
  });

  it('lets nobody wait for the end of another one that nobody supervises', async () => {
    await fleet.profiles(['coder'], stubborn);
    await fleet.profiles(['writer']);
    await orphaned(fleet);
    const { stdout } = await fleet.run('gateway start coder writer --json');
    const { results } = JSON.parse(stdout) as { results: { outcome: string; seconds: number }[] };
    const [coder, writer] = results;
    assert.deepEqual([coder?.outcome, writer?.outcome], ['done', 'done']);
    assert.ok((writer?.seconds ?? 0) < (coder?.seconds ?? 0), stdout);
  });

  it('ends one that somebody runs in the foreground, and names its PID', async () => {
    await fleet.profiles(['coder']);
    const foreground = startHermes(['-p', 'coder', 'gateway', 'run', '--no-supervise'], {
      home: fleet.home.path,
    });
    const left = once(foreground, 'exit');
    await until(() => fleet.state('coder')['gateway_state'] === 'running', 'it runs');
    const { code, stdout } = await fleet.run('gateway start coder');
    assert.equal(code, 0);
    assert.match(stdout, /^coder is up and ready \(pid \d+, .*\)\. \(ended pid \d+, a gateway/);
    assert.ok(stdout.includes(`ended pid ${foreground.pid},`), stdout);
    assert.deepEqual(await left, [143, null]);
  });

  it('joins an identical request and lets a different one wait', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    const answers = await Promise.all([1, 2, 3, 4].map(() => fleet.one('gateway start coder')));
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 1);
    await Promise.all([fleet.run('gateway stop coder'), fleet.run('gateway start coder')]);
    const { wanted, state } = await fleet.one('gateway status coder');
    assert.ok(
      wanted === 'up' ? state === 'ready' : state === 'down',
      `${String(wanted)}, but ${String(state)}`,
    );
  });

  it('tells the journal when it was asked: the end less the duration', async () => {
    await fleet.profiles(['coder', 'writer']);
    await fleet.run('gateway start coder writer');
    const lines = readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8').trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as { profile: string; at: string; seconds: number });
    for (const { profile, at, seconds } of entries) {
      const asked = Date.parse(at) - Math.round(seconds * 1000);
      assert.equal(new Date(asked).toISOString(), fleet.state(profile)['desired_at']);
    }
    assert.equal(entries.length, 2);
  });

  it('appends who, why and with what result to the journal', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder --reason morning');
    const lines = readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8').trim().split('\n');
    const entry = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual(
      [entry['action'], entry['profile'], entry['reason'], entry['outcome']],
      ['start', 'coder', 'morning', 'done'],
    );
  });
});
