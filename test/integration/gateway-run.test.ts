import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { tryLock } from '../../src/lib/files/lock.ts';
import { isAlive, startTime } from '../../src/lib/gateway/proc-stat.ts';
import { writeMarker } from '../../src/lib/gateway/planned-stop.ts';
import { findBinDir } from '../../src/lib/s6/detect.ts';
import { isLocked } from '../../src/lib/s6/setlock.ts';
import { runHermes, startHermes } from '../helpers/cli.ts';
import { freePort } from '../helpers/free-port.ts';
import { tempHome } from '../helpers/home.ts';
import { processesOf } from '../helpers/leftovers.ts';
import { Supervised } from '../helpers/supervised.ts';
import { until } from '../helpers/until.ts';

const servers = new Set<Server>();
afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

const sh = (script: string): string => `command: [/bin/sh, -c, ${JSON.stringify(script)}]`;

async function occupied(port: number): Promise<Server> {
  const server = createServer((_, response) => response.end('somebody else'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  servers.add(server);
  return server;
}

describe('a supervised gateway', () => {
  let gateway: Supervised;
  afterEach(() => gateway.remove());

  const planStop = async (): Promise<void> => {
    const targetPid = await gateway.pid();
    const targetStartTime = startTime(targetPid);
    writeMarker(gateway.home.path, { targetPid, targetStartTime, stopperPid: process.pid, now: new Date() });
  };

  it('that gets SIGTERM with a valid marker is stopped, exits 0 and stays down', async () => {
    gateway = await Supervised.register([`port: ${await freePort()}`]);
    const pid = await gateway.start();
    assert.deepEqual(
      { ...gateway.state(), updated_at: '', config_read_at: '' },
      {
        gateway_state: 'running',
        pid,
        start_time: startTime(pid),
        exit_reason: null,
        updated_at: '',
        config_read_at: '',
        reload_error: null,
      },
    );
    await planStop();
    const { up, wantedUp, exitCode } = await gateway.stop();
    assert.deepEqual([up, wantedUp, exitCode], [false, false, 0]);
    const { gateway_state: state, exit_reason: reason, pid: after } = gateway.state();
    assert.deepEqual([state, reason, after], ['stopped', 'planned-stop', null]);
    assert.equal(existsSync(gateway.home.file('.gateway-planned-stop.json')), false);
  });

  it('that gets SIGTERM without one persists running, exits 143 and is restarted while it is wanted', async () => {
    gateway = await Supervised.register([`port: ${await freePort()}`]);
    const pid = await gateway.start();
    await gateway.send('-t');
    await gateway.successor(pid);
    assert.deepEqual(gateway.ends(), ['exitcode 143']);
    assert.equal((await gateway.stop()).exitCode, 143);
    const { gateway_state: state, exit_reason: reason, pid: after } = gateway.state();
    assert.deepEqual([state, reason, after], ['running', 'sigterm', null]);
  });

  it('that gets SIGTERM with the marker of another process leaves that marker alone', async () => {
    gateway = await Supervised.register([`port: ${await freePort()}`]);
    await gateway.start();
    const other = { targetPid: process.pid, targetStartTime: null, stopperPid: process.pid, now: new Date() };
    writeMarker(gateway.home.path, other);
    assert.equal((await gateway.stop()).exitCode, 143);
    assert.equal(existsSync(gateway.home.file('.gateway-planned-stop.json')), true);
  });

  it('whose port is taken fails with 1 and is tried again until it is free', async () => {
    const port = await freePort();
    const server = await occupied(port);
    gateway = await Supervised.register([`port: ${port}`]);
    await gateway.launch();
    await until(() => gateway.ends().length > 0, 'it has failed');
    assert.deepEqual(gateway.ends()[0], 'exitcode 1');
    server.close();
    await until(async () => (await gateway.status()).ready, 'it serves');
    assert.match(gateway.log(), new RegExp(`ends with 1: port ${port} is taken`));
  });

  it('whose taken port another profile is configured for fails with 78 and stays down', async () => {
    const port = await freePort();
    await occupied(port);
    gateway = await Supervised.register([`port: ${port}`]);
    gateway.home.write({
      'profiles/coder/SOUL.md': '# coder\n',
      'profiles/coder/config.yaml': `gateway:\n  port: ${port}\n`,
      'profiles/broken/SOUL.md': '# broken\n',
      'profiles/broken/config.yaml': 'gateway: [',
    });
    await gateway.launch();
    await until(() => gateway.ends().length > 0, 'it has failed');
    await until(async () => !(await gateway.status()).wantedUp, 's6 has given it up');
    assert.deepEqual(gateway.ends(), ['exitcode 78']);
    const { gateway_state: state, exit_reason: reason } = gateway.state();
    assert.equal(state, 'startup_failed');
    assert.match(String(reason), /the configuration of coder names it too/);
  });

  it('whose configuration breaks the schema fails with 78 and stays down', async () => {
    gateway = await Supervised.register(['port: http']);
    await gateway.launch();
    await until(() => gateway.ends().length > 0, 'it has failed');
    await until(async () => !(await gateway.status()).wantedUp, 's6 has given it up');
    assert.deepEqual(gateway.ends(), ['exitcode 78']);
    assert.equal(gateway.state()['gateway_state'], 'startup_failed');
    assert.match(String(gateway.state()['exit_reason']), /config\.yaml, line 2: gateway\.port must be/);
  });

  it('whose hosted program ends by itself has its code and is restarted, also after 0', async () => {
    gateway = await Supervised.register([sh('test -e ran && exit 0; touch ran; exit 7')]);
    await gateway.launch();
    await until(() => gateway.ends().length >= 2, 'it has ended twice');
    assert.deepEqual(gateway.ends().slice(0, 2), ['exitcode 7', 'exitcode 0']);
  });

  it('whose hosted program is killed has 128 and the number of the signal', async () => {
    gateway = await Supervised.register([sh('kill -SEGV $$')]);
    await gateway.launch();
    await until(() => gateway.ends().length >= 1, 'it has ended');
    assert.equal(gateway.ends()[0], 'exitcode 139');
  });

  it('ends as the table says after SIGTERM, whatever the code of its hosted program', async () => {
    gateway = await Supervised.register([sh('trap "exit 5" TERM; sleep 1000 & wait')]);
    await gateway.start();
    assert.equal((await gateway.stop()).exitCode, 143);
    await gateway.start();
    await planStop();
    assert.equal((await gateway.stop()).exitCode, 0);
  });

  it('kills a hosted program that ignores SIGTERM in time to persist its own state', async () => {
    gateway = await Supervised.register([
      sh("trap '' TERM; touch deaf; while :; do sleep 1; done"),
      'stop_timeout: 2',
    ]);
    await gateway.start();
    await planStop();
    const { exitCode } = await gateway.stop();
    assert.equal(exitCode, 0);
    assert.equal(gateway.state()['gateway_state'], 'stopped');
  });

  it('waits the growing pauses of the crash guard, and a stop ends the waiting at once', async () => {
    gateway = await Supervised.register([sh('exit 9')]);
    await gateway.launch();
    const lines = (): string[] => gateway.log().trimEnd().split('\n');
    await until(
      () => lines().filter((line) => line.includes('ends with 9')).length >= 3,
      'it has died three times',
    );
    await until(() => lines().at(-1)?.includes('waiting'), 'it waits');
    const pid = await gateway.pid();
    await gateway.stop();
    assert.equal(isAlive(pid, null), false);
    assert.equal(gateway.ends().at(-1), 'exitcode 143');
    const deaths = await gateway.manager.deaths('gateway-default');
    const gaps = deaths.slice(1).map((death, index) => death.getTime() - (deaths[index]?.getTime() ?? 0));
    assert.ok(gaps.length >= 2, String(gaps));
    gaps.forEach((gapMs, index) => assert.ok(gapMs >= 2 ** index * 1000, String(gaps)));
  });

  it('starts at once again when the operator has spoken since its last death', async () => {
    gateway = await Supervised.register([sh('test -e fixed && exec sleep 1000; exit 9')]);
    await gateway.launch();
    await until(() => gateway.ends().length >= 3, 'it has died three times');
    await gateway.stop();
    gateway.home.write({
      fixed: '',
      'gateway_state.json': JSON.stringify({
        desired_state: 'running',
        desired_at: new Date().toISOString(),
      }),
    });
    const waits = gateway.log().split('waiting').length;
    await gateway.start();
    assert.equal(gateway.log().split('waiting').length, waits);
    assert.equal(gateway.state()['desired_state'], 'running');
  });
});

describe('a hosted program', () => {
  let gateway: Supervised;
  afterEach(() => gateway.remove());
  const written = (name: string): string => readFileSync(gateway.home.file(name), 'utf8').trim();
  const pidIn = (name: string): Promise<number> =>
    until(() => existsSync(gateway.home.file(name)) && Number(written(name)), `${name} holds a PID`);

  it('is ready when its port accepts a connection', async () => {
    const port = await freePort();
    const program = `setTimeout(() => require('http').createServer().listen(${port}, '127.0.0.1', () => require('fs').writeFileSync('listens', '')), 300)`;
    gateway = await Supervised.register([`port: ${port}`, `command: [node, -e, ${JSON.stringify(program)}]`]);
    await gateway.start();
    assert.equal(existsSync(gateway.home.file('listens')), true);
  });

  it('is ready when it says so on descriptor 3', async () => {
    gateway = await Supervised.register([
      sh('until test -e go; do sleep 0.05; done; echo said >said; echo >&3; exec sleep 1000'),
      'notify: true',
    ]);
    await gateway.launch();
    await until(() => gateway.state()['gateway_state'] === 'starting', 'it starts');
    assert.equal((await gateway.status()).ready, false);
    gateway.home.write({ go: '' });
    await until(async () => (await gateway.status()).ready, 'it is ready');
    assert.equal(written('said'), 'said');
  });

  it('is ready after 1 s alive when it has neither', async () => {
    gateway = await Supervised.register([sh('date +%s%N >began; exec sleep 1000')]);
    await gateway.start();
    assert.ok(Date.now() - Number(written('began')) / 1e6 >= 900);
  });

  it('dies with its runner, whatever kills that', async () => {
    gateway = await Supervised.register([sh('echo $$ >pid; exec sleep 1000')]);
    const runner = await gateway.start();
    const program = await pidIn('pid');
    process.kill(runner, 'SIGKILL');
    await until(() => !isAlive(program, null), 'the program is gone');
    await gateway.successor(runner);
  });

  it('takes its process group along', async () => {
    gateway = await Supervised.register([sh('sleep 1000 & echo $! >child; exec sleep 1000')]);
    await gateway.start();
    const child = await pidIn('child');
    await gateway.stop();
    assert.equal(isAlive(child, null), false);
  });

  it('gets the signals that are sent to its runner', async () => {
    const traps = ['HUP', 'USR1', 'USR2', 'QUIT']
      .map((name) => `trap 'echo ${name} >>got' ${name}`)
      .join('; ');
    gateway = await Supervised.register([sh(`${traps}; while :; do sleep 0.05; done`)]);
    await gateway.start();
    for (const [flag, name] of [
      ['-h', 'HUP'],
      ['-1', 'USR1'],
      ['-2', 'USR2'],
      ['-q', 'QUIT'],
    ] as const) {
      await gateway.send(flag);
      await until(() => written('got').endsWith(name), `it got ${name}`);
    }
  });

  it('sees the .env before the container’s environment, except for HERMES_*', async () => {
    gateway = await Supervised.register([sh('env >seen; exec sleep 1000')]);
    gateway.home.write({ '.env': "LANG='of the .env'\nHERMES_HOME=/nowhere\nTOKEN=geheim\n" });
    await gateway.start();
    const seen = written('seen').split('\n');
    assert.ok(seen.includes('LANG=of the .env'));
    assert.ok(seen.includes('TOKEN=geheim'));
    assert.ok(seen.includes(`HERMES_HOME=${gateway.home.path}`));
  });

  it('is not ready when it has ended and left something behind, with or without a port', async () => {
    const script = 'sleep 0.2; (trap : TERM; sleep 2; sleep 2) & exit 3';
    gateway = await Supervised.register([`port: ${await freePort()}`, sh(script), 'stop_timeout: 3']);
    await gateway.launch();
    await until(() => gateway.ends().length > 0, 'it has ended');
    assert.equal(gateway.ends()[0], 'exitcode 3');
    assert.equal(gateway.state()['gateway_state'], 'startup_failed');
    gateway.home.write({ 'config.yaml': `gateway:\n  stop_timeout: 3\n  ${sh(script)}\n` });
    await until(() => gateway.ends().length > 1, 'it has ended once more');
    assert.equal(gateway.state()['gateway_state'], 'startup_failed');
  });

  it('ends in time when its state file cannot be had', async () => {
    gateway = await Supervised.register([
      sh('trap "echo >drained; exit 0" TERM; sleep 1000 & wait'),
      'stop_timeout: 2',
    ]);
    await gateway.start();
    const lock = tryLock(gateway.home.file('.gateway_state.json.lock'));
    try {
      await gateway.send('-d');
      await until(() => existsSync(gateway.home.file('drained')), 'it was told to end');
    } finally {
      lock?.release();
    }
    await until(async () => !(await gateway.status()).up, 'it is down');
    assert.equal(gateway.ends().at(-1), 'exitcode 143');
  });

  it('that types gateway run itself is not taken for the supervised process', async () => {
    for (const mode of ['host', 'exec']) {
      gateway = await Supervised.register([`mode: ${mode}`, sh('env >seen; exec sleep 1000')]);
      await gateway.launch();
      await until(
        () => existsSync(gateway.home.file('seen')) && written('seen').includes('PATH='),
        'it runs',
      );
      assert.doesNotMatch(written('seen'), /HERMES_S6_SUPERVISED_CHILD/);
      if (mode === 'host') await gateway.remove();
    }
  });

  it('is not taken for ready when somebody else answers on its port', async () => {
    const port = await freePort();
    await occupied(port);
    gateway = await Supervised.register([`port: ${port}`, sh('exec sleep 1000')]);
    await gateway.launch();
    await until(() => gateway.ends().length > 0, 'it has failed');
    assert.equal(gateway.ends()[0], 'exitcode 1');
  });
});

describe('a program in exec mode', () => {
  let gateway: Supervised;
  afterEach(() => gateway.remove());

  it('takes the place of the wrapper, with the environment of its .env', async () => {
    gateway = await Supervised.register([
      'mode: exec',
      'notify: true',
      sh('env >seen; echo >&3; exec sleep 1000'),
    ]);
    gateway.home.write({ '.env': "TOKEN='a b'\n" });
    const pid = await gateway.start();
    assert.deepEqual(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'), ['sleep', '1000', '']);
    const seen = readFileSync(gateway.home.file('seen'), 'utf8');
    assert.match(seen, /^TOKEN=a b$/m);
    const { exitCode, signal } = await gateway.stop();
    assert.deepEqual([exitCode, signal], [null, 'SIGTERM']);
  });

  it('waits out the pauses, and a stop in a pause leaves no process', async () => {
    gateway = await Supervised.register(['mode: exec', sh('exit 9')]);
    await gateway.launch();
    await until(() => gateway.ends().length >= 3, 'it has died three times');
    await gateway.stop();
    const deaths = await gateway.manager.deaths('gateway-default');
    assert.ok((deaths[2]?.getTime() ?? 0) - (deaths[1]?.getTime() ?? 0) >= 2_000);
    assert.deepEqual(processesOf(`${gateway.home.path}/gateway.lock`), []);
  });
});

describe('gateway run in the foreground', () => {
  it('is the only one on its home, and ends with 0 on Ctrl-C, stopped', async () => {
    const home = tempHome({ 'config.yaml': `gateway:\n  port: ${await freePort()}\n` });
    const child = startHermes(['gateway', 'run', '--no-supervise'], { home: home.path });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const state = (): Record<string, unknown> =>
      JSON.parse(readFileSync(home.file('gateway_state.json'), 'utf8')) as Record<string, unknown>;
    await until(() => state()['gateway_state'] === 'running', 'it runs');
    const second = await runHermes(['gateway', 'run', '--no-supervise'], { home: home.path });
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`another gateway \\(pid ${child.pid}\\) runs on`));
    assert.equal(
      isLocked(findBinDir({}) ?? '', home.file('gateway.lock')),
      true,
      'as supervised ones see it',
    );
    assert.doesNotMatch(said, /Warning/);
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
    assert.deepEqual([state()['gateway_state'], state()['exit_reason']], ['stopped', 'sigint']);
    await home.remove();
  });

  it('of a profile that does not exist is 4, whoever asks for it, and so is its command', async () => {
    const home = tempHome({ 'SOUL.md': '' });
    for (const [words, scandir] of [
      ['gateway run -p ghost', null],
      ['gateway run -p ghost', home.path],
      ['gateway command -p ghost', null],
    ] as const) {
      const options = { home: home.path, ...(scandir !== null && { scandir }) };
      const { code, stderr } = await runHermes(words.split(' '), options);
      assert.deepEqual([code, stderr.split('\n')[0]], [4, 'Error: there is no profile ghost']);
    }
    await home.remove();
  });

  it('has a command only where it hosts a program', async () => {
    const home = tempHome({ 'SOUL.md': '' });
    const { code, stderr } = await runHermes(['gateway', 'command'], { home: home.path });
    assert.equal(code, 78);
    assert.match(stderr, /^Error: default hosts no program: .*config\.yaml has no gateway\.command$/m);
    await home.remove();
  });

  it('is refused where s6 supervises, with the words to type', async () => {
    const home = tempHome({ 'SOUL.md': '' });
    const { code, stderr } = await runHermes(['gateway', 'run'], { home: home.path, scandir: home.path });
    assert.equal(code, 1);
    assert.match(stderr, /hermes gateway start -p default/);
    await home.remove();
  });
});
