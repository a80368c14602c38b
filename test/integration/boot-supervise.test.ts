import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runHermes, startHermes } from '../helpers/cli.ts';
import { type TempHome, tempHome } from '../helpers/home.ts';
import { killProcessesOf } from '../helpers/leftovers.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

const config = 'gateway:\n  mode: exec\n  command: [sleep, "1000000"]\n';
const running = '{"desired_state":"running"}';

describe('boot supervise', () => {
  let home: TempHome;
  let scandir: string;

  beforeEach(() => {
    home = tempHome({
      'config.yaml': config,
      'profiles/coder/SOUL.md': '# coder\n',
      'profiles/coder/config.yaml': config,
      'profiles/coder/gateway_state.json': running,
    });
    scandir = temporaryScandir();
  });

  afterEach(async () => {
    await killProcessesOf(scandir);
    await home.remove();
    rmSync(scandir, { recursive: true, force: true });
  });

  interface Tree {
    readonly child: ChildProcess;
    readonly said: () => string;
    readonly ended: Promise<unknown[]>;
  }

  async function supervise(args: readonly string[] = ['--scandir', scandir], env = {}): Promise<Tree> {
    const child = startHermes(['boot', 'supervise', ...args], { home: home.path, env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
    const ended = once(child, 'exit');
    await until(() => /^export HERMES_S6_BIN_DIR=/m.test(text), 'the tree is up');
    return { child, said: () => text, ended };
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`brings back what is wanted up, says how to reach the tree, and ends in order on ${signal}`, async () => {
      const { child, said, ended } = await supervise();
      assert.match(said(), /^reconcile: profile=coder prior_state=running action=started$/m);
      assert.match(said(), new RegExp(`^export HERMES_HOME='${home.path}'$`, 'm'));
      assert.match(said(), new RegExp(`^export S6_PROFILE_GATEWAY_SCANDIR='${scandir}'$`, 'm'));
      await until(() => supervisorsOf(scandir, 'gateway-coder').length === 1, 'coder is supervised');
      child.kill(signal);
      const [code] = await ended;
      assert.equal(code, 0, said());
      assert.match(said(), /has ended/);
      assert.deepEqual(supervisorsOf(scandir, 'gateway-coder'), []);
    });

  it('puts gateways in sessions of their own, so that a terminal reaches none of them', async () => {
    const { child } = await supervise();
    const sessionOf = (pid: number): string =>
      readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ')[3] ?? '';
    const [supervisor = 0] = await until(() => {
      const pids = supervisorsOf(scandir, 'gateway-coder');
      return pids.length === 1 && pids;
    }, 'coder is supervised');
    assert.notEqual(sessionOf(supervisor), sessionOf(child.pid ?? 0));
  });

  it('refuses a scandir that somebody supervises, with the lines that lead there', async () => {
    await supervise();
    const second = await runHermes(['boot', 'supervise', '--scandir', scandir], { home: home.path });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^Error: .* is supervised already$/m);
    assert.match(second.stderr, /^export S6_PROFILE_GATEWAY_SCANDIR=/m);
  });

  it('refuses a scandir without a name', async () => {
    const { code, stderr } = await runHermes(['boot', 'supervise', '--scandir', ''], { home: home.path });
    assert.equal(code, 2);
    assert.match(stderr, /^Error: --scandir names no directory$/m);
  });

  it('refuses a directory that holds anything but slots, and leaves it alone', async () => {
    writeFileSync(join(scandir, 'letter.txt'), 'dear');
    const { code, stderr } = await runHermes(['boot', 'supervise', '--scandir', scandir], {
      home: home.path,
    });
    assert.equal(code, 1);
    assert.match(stderr, /holds "letter\.txt", which is no slot/);
    assert.deepEqual(readdirSync(scandir), ['letter.txt']);
  });

  it('takes over from a tree whose s6-svscan was killed: one supervisor, one gateway', async () => {
    const first = await supervise();
    await until(() => supervisorsOf(scandir, 'gateway-coder').length === 1, 'coder is supervised');
    const svscan = /s6-svscan is pid (\d+)/.exec(first.said())?.[1] ?? assert.fail(first.said());
    process.kill(Number(svscan), 'SIGKILL');
    const [code] = await first.ended;
    assert.equal(code, 1, 'a tree that ends by itself is a failure');
    mkdirSync(join(scandir, 'gateway-gone'));
    await supervise();
    await until(() => supervisorsOf(scandir, 'gateway-coder').length === 1, 'coder is supervised again');
    assert.ok(!existsSync(join(scandir, 'gateway-gone')));
  });

  it('goes below XDG_RUNTIME_DIR when nobody names a place', async () => {
    const runtimeDir = home.file('run');
    mkdirSync(runtimeDir);
    const { said } = await supervise([], { XDG_RUNTIME_DIR: runtimeDir });
    assert.match(
      said(),
      new RegExp(`^export S6_PROFILE_GATEWAY_SCANDIR='${runtimeDir}/hermes/service'$`, 'm'),
    );
  });

  it('goes to a private directory where there is no XDG_RUNTIME_DIR, and removes it in the end', async () => {
    const { child, said, ended } = await supervise([], { TMPDIR: home.path });
    const place =
      /^export S6_PROFILE_GATEWAY_SCANDIR='(.*)\/service'$/m.exec(said())?.[1] ?? assert.fail(said());
    assert.equal(statSync(place).mode & 0o777, 0o700);
    child.kill('SIGTERM');
    await ended;
    assert.ok(!existsSync(place));
  });

  it('does not wait for ever for a logger that cannot end', async () => {
    home.write({
      'profiles/coder/config.yaml': `${config}  stop_timeout: 0.2\n`,
      'config.yaml': `${config}  stop_timeout: 0.2\n`,
    });
    const { child, ended } = await supervise();
    const log = join(scandir, 'gateway-coder/log');
    // Renamed over: one that is being started may not be written (ETXTBSY).
    writeFileSync(join(log, 'next'), '#!/bin/sh\nexec sleep 1000000\n', { mode: 0o755 });
    renameSync(join(log, 'next'), join(log, 'run'));
    await until(() => spawnSync('/usr/bin/s6-svc', ['-k', log]).status === 0, 'its logger is replaced');
    await until(() => {
      const { stdout } = spawnSync('/usr/bin/s6-svstat', ['-o', 'pid', log], { encoding: 'utf8' });
      return Number(stdout) > 1 && readFileSync(`/proc/${Number(stdout)}/comm`, 'utf8') === 'sleep\n';
    }, 'the logger that cannot end runs');
    child.kill('SIGTERM');
    const [code] = await ended;
    assert.equal(code, 0);
  });
});
