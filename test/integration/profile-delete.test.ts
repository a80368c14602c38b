import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { lockHolder } from '../../src/lib/gateway/orphan.ts';
import { entry, runHermes, runJson, type Answer } from '../helpers/cli.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { freePort } from '../helpers/free-port.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { until } from '../helpers/until.ts';

describe('profile delete', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());
  const hermes = (...args: string[]): Promise<Answer> =>
    runHermes(args, { home: fleet.home.path, scandir: fleet.tree.scandir });
  const create = async (name: string, ...more: string[]): Promise<void> => {
    const { code, stderr } = await hermes(
      'profile',
      'create',
      name,
      '--port',
      String(await freePort()),
      ...more,
    );
    assert.equal(code, 0, stderr);
  };
  const exists = (name: string): boolean => existsSync(fleet.home.file(`profiles/${name}/SOUL.md`));

  it('of one profile by two commands is done by one, and the other finds no such profile', async () => {
    await create('coder');
    const both = await Promise.all([1, 2].map(() => hermes('profile', 'delete', 'coder', '--yes')));
    assert.deepEqual(both.map(({ code }) => code).sort(), [0, 4]);
    assert.match(both.map(({ stderr }) => stderr).join(''), /^Error: there is no profile coder\n/);
  });

  it('stops the gateway, and leaves no slot, no supervisor, no file and no log', async () => {
    await create('coder', '--start');
    const { code, stdout, stderr } = await hermes('profile', 'delete', 'coder', '--yes');
    assert.equal(stderr, '');
    assert.equal(stdout, 'coder is deleted.\n');
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(fleet.home.file('profiles')), []);
    assert.deepEqual(readdirSync(fleet.home.file('logs/gateways')), []);
    assert.deepEqual(
      readdirSync(fleet.tree.scandir).filter((entry) => entry !== '.s6-svscan'),
      [],
    );
    assert.match(
      readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8'),
      /"action":"delete".*"outcome":"done"/,
    );
  });

  it('and create of the same name again give exactly one supervisor', async () => {
    for (let round = 0; round < 3; round++) {
      await create('coder', '--start');
      assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-coder').length, 1);
      assert.equal((await hermes('profile', 'delete', 'coder', '-y')).code, 0);
      assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-coder').length, 0);
    }
  });

  it('against a start at the same time leaves no slot without a profile', async () => {
    for (let round = 0; round < 4; round++) {
      await create('coder');
      const [deleted] = await Promise.all([
        hermes('profile', 'delete', 'coder', '--yes'),
        hermes('gateway', 'start', 'coder'),
        hermes('gateway', 'start', 'coder'),
      ]);
      assert.equal(deleted.code, 0, deleted.stderr);
      assert.deepEqual(readdirSync(fleet.home.file('profiles')), []);
      assert.ok(!existsSync(`${fleet.tree.scandir}/gateway-coder`));
      assert.deepEqual(supervisorsOf(fleet.tree.scandir, 'gateway-coder'), []);
    }
  });

  it('shows what went as JSON', async () => {
    await create('coder');
    const { json } = await runJson(['profile', 'delete', 'coder', '--yes'], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    assert.deepEqual(json, {
      schema: 'hermes.profile.delete/1',
      name: 'coder',
      home: fleet.home.file('profiles/coder'),
      kept: null,
    });
  });

  it('of a home that is a link takes the link and leaves what it leads to', async () => {
    fleet.home.write({ 'elsewhere/SOUL.md': '', 'elsewhere/work/file': '', 'profiles/': '' });
    symlinkSync(fleet.home.file('elsewhere'), fleet.home.file('profiles/linked'));
    const { code, stdout } = await hermes('profile', 'delete', 'linked', '--yes');
    assert.equal(code, 0);
    assert.ok(stdout.includes(`${fleet.home.file('elsewhere')} is left as it is`));
    assert.ok(existsSync(fleet.home.file('elsewhere/work/file')));
    assert.deepEqual(readdirSync(fleet.home.file('profiles')), []);
  });

  it('works where the tree is down and only the slot is left', async () => {
    await create('coder');
    await fleet.tree.stop();
    assert.equal((await hermes('profile', 'delete', 'coder', '--yes')).code, 0);
    assert.ok(!exists('coder'));
  });

  it('works without s6', async () => {
    fleet.home.write({ 'profiles/coder/SOUL.md': '' });
    const { code } = await runHermes(['profile', 'delete', 'coder', '--yes'], { home: fleet.home.path });
    assert.equal(code, 0);
    assert.ok(!exists('coder'));
  });

  if (process.geteuid?.() === 0)
    it('makes room on a full volume', async () => {
      await create('coder', '--start');
      const place = fleet.home.path;
      const saved = `${place}.saved`;
      cpSync(place, saved, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]);
      try {
        cpSync(saved, place, { recursive: true });
        assert.throws(() => writeFileSync(`${place}/fill`, Buffer.alloc(2 << 20)), /ENOSPC/);
        const { code, stderr } = await hermes('profile', 'delete', 'coder', '--yes');
        assert.equal(code, 0, stderr);
        assert.deepEqual(supervisorsOf(fleet.tree.scandir, 'gateway-coder'), []);
        assert.ok(!exists('coder'));
      } finally {
        execFileSync('umount', ['--lazy', place]);
        rmSync(saved, { recursive: true });
      }
    });

  it('leaves the files when the slot cannot be retired', async () => {
    await create('coder', '--start');
    const control = `${fleet.tree.scandir}/gateway-coder/supervise/control`;
    rmSync(control);
    writeFileSync(control, '');
    const { code } = await hermes('profile', 'delete', 'coder', '--yes');
    assert.notEqual(code, 0);
    assert.ok(exists('coder'));
    assert.match(
      readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8'),
      /"action":"delete".*"outcome":"failed"/,
    );
  });

  describe('leaves the files of a gateway that runs', () => {
    let holder: ChildProcess;
    beforeEach(async () => {
      fleet.home.write({ 'profiles/coder/SOUL.md': '', 'profiles/coder/gateway.lock': '' });
      const lock = fleet.home.file('profiles/coder/gateway.lock');
      holder = spawn('/usr/bin/s6-setlock', ['-n', lock, 'sleep', '1000'], { stdio: 'ignore' });
      await until(() => lockHolder(lock) === holder.pid, 'it holds the lock');
    });
    afterEach(() => holder.kill('SIGKILL'));

    it('unsupervised, and names it', async () => {
      const { code, stderr } = await runHermes(['profile', 'delete', 'coder', '--yes'], {
        home: fleet.home.path,
      });
      assert.match(stderr, new RegExp(`the gateway of coder still runs \\(pid ${holder.pid ?? 0}\\)`));
      assert.equal(code, 1);
      assert.ok(exists('coder'));
    });

    it('in another container, and names that', () => {
      fleet.home.write({ 'profiles/coder/gateway.lock.holder': 'box2 pid:[4026531836]\n' });
      // Elsewhere, what runs here cannot be seen.
      const namespace = process.geteuid?.() === 0 ? '-pf' : '-Urpf';
      const words = [process.execPath, '--', entry, 'profile', 'delete', 'coder', '--yes'];
      const { status, stderr } = spawnSync('unshare', [namespace, '--mount-proc', ...words], {
        env: { PATH: process.env.PATH, HOME: '/tmp', HERMES_HOME: fleet.home.path },
        encoding: 'utf8',
      });
      assert.match(
        stderr,
        /the gateway of coder still runs elsewhere: .* is locked by box2.*docker stop box2/s,
      );
      assert.equal(status, 1);
      assert.ok(exists('coder'));
    });
  });

  describe('asks on a terminal', () => {
    const ask = (keys: string) =>
      runOnTerminal(['profile', 'delete', 'coder'], {
        env: { HERMES_HOME: fleet.home.path, S6_PROFILE_GATEWAY_SCANDIR: fleet.tree.scandir },
        question: '[y/N]',
        keys,
      });
    beforeEach(() => create('coder'));

    it('and deletes after yes', async () => {
      const { code, screen } = await ask('y\r');
      assert.match(screen, /Delete profile coder with everything in /);
      assert.equal(code, 0, screen);
      assert.ok(!exists('coder'));
    });

    for (const [what, keys] of [
      ['no', 'n\r'],
      ['nothing but Return', '\r'],
      ['Ctrl-C', '\u0003'],
      ['Ctrl-D', '\u0004'],
    ] as const)
      it(`and changes nothing after ${what}: 130`, async () => {
        const { code, screen } = await ask(keys);
        assert.match(screen, /cancelled: nothing was changed/);
        assert.equal(code, 130);
        assert.ok(exists('coder'));
        assert.ok(existsSync(`${fleet.tree.scandir}/gateway-coder`));
      });
  });

  describe('refuses, in one sentence and with nothing changed on disk,', () => {
    const cases: readonly [string, readonly string[], number, RegExp][] = [
      ['to guess without a terminal', ['coder'], 2, /no terminal to ask on\n.*--yes/],
      [
        'a profile that does not exist, with the nearest',
        ['codr', '--yes'],
        4,
        /no profile codr\nDid you mean "coder"/,
      ],
      ['a directory that is no profile', ['plain', '--yes'], 4, /there is no profile plain/],
      ['the root profile', ['default', '--yes'], 2, /reserved/],
      ['a reserved name', ['root', '--yes'], 2, /reserved/],
      ['a path', ['../coder', '--yes'], 2, /is no profile name/],
      ['no name', ['--yes'], 2, /NAME is missing/],
    ];
    for (const [what, args, exit, words] of cases)
      it(what, async () => {
        fleet.home.write({ 'profiles/coder/SOUL.md': '', 'profiles/plain/file': '' });
        const { code, stdout, stderr } = await hermes('profile', 'delete', ...args);
        assert.match(stderr, words);
        assert.equal(stdout, '');
        assert.equal(code, exit);
        assert.ok(exists('coder'));
        assert.ok(existsSync(fleet.home.file('profiles/plain/file')));
        assert.ok(!existsSync(fleet.home.file('logs/lifecycle.jsonl')));
      });
  });
});
