import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseAnswer } from '../helpers/answer.ts';
import { type CliOptions, runHermes, runJson } from '../helpers/cli.ts';
import { type TempHome, tempHome, type Tree } from '../helpers/home.ts';
import { nobody, temporaryScandir } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

interface Action {
  readonly profile: string;
  readonly prior_state: string | null;
  readonly action: string;
  readonly reason: string | null;
}

const state = (word: string): string => JSON.stringify({ gateway_state: word });
const profile = (name: string, gatewayState?: string): Tree => ({
  [`profiles/${name}/SOUL.md`]: `# ${name}\n`,
  ...(gatewayState !== undefined && { [`profiles/${name}/gateway_state.json`]: gatewayState }),
});

describe('boot reconcile on a scandir that nobody scans', () => {
  let home: TempHome;
  let scandir: string;

  beforeEach(() => {
    home = tempHome();
    scandir = temporaryScandir();
  });

  afterEach(async () => {
    await home.remove();
    rmSync(scandir, { recursive: true, force: true });
  });

  async function reconcile(flags: readonly string[] = [], options: CliOptions = {}) {
    const answer = await runJson(['boot', 'reconcile', ...flags], { home: home.path, scandir, ...options });
    const { actions } = (await parseAnswer(answer.stdout)) as unknown as { actions: Action[] };
    return { ...answer, actions };
  }
  const isDown = (name: string): boolean => existsSync(join(scandir, `gateway-${name}`, 'down'));
  const bootLog = (): string[] =>
    readFileSync(home.file('logs/container-boot.log'), 'utf8').split('\n').filter(Boolean);

  it('brings back what was wanted up and leaves down the rest, default first, then in byte order', async () => {
    const words = {
      draining: 'running',
      degraded: 'running',
      running: 'running',
      starting: null,
      startup_failed: null,
      stopped: null,
    };
    for (const word of Object.keys(words)) home.write(profile(word, state(word)));
    home.write({
      'gateway_state.json': '{"gateway_state":"running","desired_state":"stopped"}',
      ...profile('again', '{"gateway_state":"startup_failed","desired_state":"running"}'),
      ...profile('new'),
      ...profile('10', state('running')),
      'profiles/no-profile/notes.txt': 'no SOUL.md here',
      'profiles/file': 'a file',
    });
    const { actions, code, json } = await reconcile();
    assert.equal(code, 0);
    assert.deepEqual(
      { ...(json as object), actions: [] },
      { schema: 'hermes.boot.reconcile/1', role: 'gateway', dry_run: false, actions: [] },
    );
    const names = [
      'default',
      '10',
      'again',
      'degraded',
      'draining',
      'new',
      'running',
      'starting',
      'startup_failed',
      'stopped',
    ];
    assert.deepEqual(
      actions.map((each) => each.profile),
      names,
    );
    const up = ['10', 'again', 'degraded', 'draining', 'running'];
    assert.deepEqual(
      actions.filter(({ action }) => action === 'started').map((each) => each.profile),
      up,
    );
    assert.deepEqual(
      names.filter((name) => !isDown(name)),
      up,
    );
    assert.equal(actions.find((each) => each.profile === 'startup_failed')?.prior_state, 'startup_failed');
    assert.equal(actions.find((each) => each.profile === 'new')?.prior_state, null);
    const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} /;
    assert.ok(bootLog().every((line) => stamp.test(line)));
    assert.deepEqual(
      bootLog().map((line) => line.replace(stamp, ''))[1],
      'profile=10 prior_state=running action=started',
    );
  });

  it('shows the very same plan on a dry run, and writes nothing at all', async () => {
    home.write({ ...profile('coder', state('running')), ...profile('Bad'), ...profile('odd', '[]') });
    home.write({ 'profiles/coder/gateway.pid': '1', 'profiles/.staging-x.1/SOUL.md': '' });
    mkdirSync(join(scandir, 'gateway-gone'));
    const before = listing(home.path) + listing(scandir);
    const dry = await reconcile(['--dry-run']);
    assert.equal(listing(home.path) + listing(scandir), before);
    assert.match(dry.stderr, /slot of gone would be retired/);
    const real = await reconcile();
    assert.deepEqual(dry.actions, real.actions);
    assert.equal(dry.code, real.code);
    assert.ok(!existsSync(join(scandir, 'gateway-gone')));
  });

  it('says as text one line a profile', async () => {
    home.write(profile('coder', state('running')));
    const { stdout } = await runHermes(['boot', 'reconcile'], { home: home.path, scandir });
    assert.equal(
      stdout,
      'reconcile: profile=default prior_state=None action=registered\n' +
        'reconcile: profile=coder prior_state=running action=started\n',
    );
  });

  it('sweeps what earlier runs left: PID files, staging below profiles and in the scandir', async () => {
    home.write({
      ...profile('coder'),
      'gateway.pid': '4711',
      'profiles/coder/gateway.pid': '4711',
      'profiles/coder/processes.json': '[]',
      'profiles/.staging-x.0123456789ab/SOUL.md': '# half made\n',
    });
    for (const left of ['gateway-coder.tmp', '.gateway-coder.new-0123', '.gateway-coder.old-0123'])
      mkdirSync(join(scandir, left, 'log'), { recursive: true });
    const { code } = await reconcile();
    assert.equal(code, 0);
    for (const left of ['gateway.pid', 'profiles/coder/gateway.pid', 'profiles/coder/processes.json'])
      assert.ok(!existsSync(home.file(left)), left);
    assert.deepEqual(readdirSync(home.file('profiles')), ['coder']);
    assert.deepEqual(readdirSync(scandir).sort(), ['.hermes-slots', 'gateway-coder', 'gateway-default']);
  });

  it('names profiles/default as reserved and leaves the default slot to the root home', async () => {
    home.write({ ...profile('default', state('running')) });
    const { actions, code } = await reconcile();
    assert.deepEqual(
      actions.map(({ profile, action, reason }) => [profile, action, reason]),
      [
        ['default', 'registered', null],
        ['default', 'skipped', 'reserved'],
      ],
    );
    assert.equal(code, 0);
    assert.ok(isDown('default'));
  });

  for (const [who, as] of [
    ['root', undefined],
    ['an unprivileged user', nobody.uid],
  ] as const)
    it(`restores 40 of 50 profiles and names the 10 broken ones, as ${who}`, async function () {
      if (as !== undefined && process.getuid?.() !== 0) return;
      breakTen(home, as);
      const healthy = Array.from({ length: 40 }, (_, index) => `ok-${index}`);
      for (const name of healthy) home.write(profile(name, state('running')));
      if (as !== undefined) own([home.path, scandir], as);
      const { actions, code, stderr } = await reconcile([], as === undefined ? {} : { as });
      assert.equal(code, 1);
      const restored = actions.filter(({ action, reason }) => action === 'started' && reason === null);
      assert.deepEqual(restored.map((each) => each.profile).sort(), [...healthy].sort());
      assert.ok(
        healthy.every((name) => existsSync(join(scandir, `gateway-${name}`, 'run')) && !isDown(name)),
      );
      const reasons = Object.fromEntries(
        actions
          .filter(({ reason }) => reason !== null)
          .map((each) => [each.profile, `${each.action}: ${String(each.reason)}`]),
      );
      assert.deepEqual(reasons, {
        'Bad Name\n': 'failed: bad-name',
        array: 'registered: state-unreadable',
        binary: 'registered: state-unreadable',
        config: 'started: config-invalid',
        deep: 'registered: state-unreadable',
        fifo: 'registered: state-unreadable',
        link: 'failed: SOUL.md is a broken link',
        locked:
          as === undefined
            ? 'failed: its directory is a broken link'
            : 'failed: SOUL.md cannot be looked at: EACCES',
        loop: 'failed: SOUL.md cannot be looked at: ELOOP',
        pid: 'started: not-swept',
      });
      for (const name of ['array', 'binary', 'config', 'deep', 'fifo', 'pid'])
        assert.match(stderr, new RegExp(`^Warning: ${name}: .*/profiles/${name}/`, 'm'));
      assert.equal(bootLog().length, 51);
      assert.ok(
        bootLog().some((line) =>
          line.includes('profile="Bad Name\\n" prior_state=None action=failed reason=bad-name'),
        ),
      );
    });

  it('registers what it can when the boot log cannot be written, and says so', async () => {
    home.write({ ...profile('coder', state('running')), 'logs/': '' });
    const log = home.file('logs/container-boot.log');
    const plants = {
      'it is no regular file': () => spawnSync('mkfifo', [log]),
      'it is a symbolic link': () => symlinkSync(home.file('elsewhere'), log),
    };
    for (const [fact, plant] of Object.entries(plants)) {
      plant();
      const { actions, stderr } = await reconcile();
      assert.deepEqual(
        actions.map(({ action }) => action),
        ['registered', 'started'],
      );
      assert.match(stderr, new RegExp(`boot log cannot be written: .*: ${fact}$`, 'm'));
      rmSync(log);
    }
    assert.ok(!existsSync(home.file('elsewhere')));
    assert.ok(!isDown('coder'));
  });

  it('ends with 69 where no service manager serves, having written nothing, and still shows its plan', async () => {
    home.write(profile('coder'));
    const refused = await runHermes(['boot', 'reconcile'], { home: home.path });
    assert.equal(refused.code, 69);
    assert.match(refused.stderr, /no service manager serves here/);
    assert.ok(!existsSync(home.file('logs')));
    const dry = await runHermes(['boot', 'reconcile', '--dry-run'], { home: home.path });
    assert.deepEqual([dry.code, dry.stdout.split('\n').length], [0, 3]);
  });

  it("ends with 77 when the scandir is somebody else's", async function () {
    if (process.getuid?.() !== 0) return;
    home.write(profile('coder'));
    own([home.path], nobody.uid);
    const { actions, code } = await reconcile([], { as: nobody.uid });
    assert.equal(code, 77);
    assert.ok(actions.every(({ action }) => action === 'failed'));
    const missing = await runHermes(['boot', 'reconcile'], {
      home: home.path,
      scandir: join(scandir, 'missing'),
      as: nobody.uid,
    });
    assert.equal(missing.code, 77);
    assert.match(missing.stderr, /cannot make the scandir .*missing: EACCES/);
  });

  it('takes no arguments', async () => {
    const { code } = await runHermes(['boot', 'reconcile', 'coder'], { home: home.path, scandir });
    assert.equal(code, 2);
    assert.deepEqual(readdirSync(scandir), []);
  });

  it('builds nothing and retires nothing for a home that is not there', async () => {
    mkdirSync(join(scandir, 'gateway-coder'));
    const { actions, stderr } = await reconcile([], { home: home.file('missing') });
    assert.deepEqual(actions, []);
    assert.match(stderr, /missing does not exist/);
    assert.ok(existsSync(join(scandir, 'gateway-coder')));
    assert.ok(!existsSync(home.file('missing')));
  });

  it('repairs what somebody changed in a slot by hand, and rebuilds it for a new configuration', async () => {
    home.write(profile('coder', state('stopped')));
    await reconcile();
    const slot = join(scandir, 'gateway-coder');
    const read = (file: string): string => readFileSync(join(slot, file), 'utf8');
    const rendered = read('run');
    later(slot, 'run', () => writeFileSync(join(slot, 'run'), '#!/bin/sh\n'));
    later(slot, 'log/run', () => rmSync(join(slot, 'log/run')));
    rmSync(join(slot, 'down'));
    await reconcile();
    assert.equal(read('run'), rendered);
    assert.ok(existsSync(join(slot, 'log/run')) && isDown('coder'));
    home.write({ 'profiles/coder/config.yaml': 'gateway:\n  stop_timeout: 3\n' });
    await reconcile();
    assert.equal(read('timeout-kill'), '3000\n');
    rmSync(home.file('profiles/coder/config.yaml'));
    await reconcile();
    assert.equal(read('timeout-kill'), '8000\n');
  });

  it('leaves an unchanged slot alone on the next pass', async () => {
    home.write(profile('coder', state('running')));
    await reconcile();
    // Slots count as unchanged when they are older than the stamp of the pass.
    await until(async () => {
      const before = listing(scandir).replace(/.*hermes-slots.*/, '');
      const { actions } = await reconcile();
      assert.deepEqual(
        actions.map(({ action }) => action),
        ['registered', 'started'],
      );
      return listing(scandir).replace(/.*hermes-slots.*/, '') === before;
    }, 'a pass that changes nothing');
  });
});

/** Ten profiles, each broken in a way of its own. */
function breakTen(home: TempHome, as: number | undefined): void {
  home.write({
    ...profile('Bad Name\n', state('running')),
    ...profile('array', '[1, 2]'),
    ...profile('binary', 'x'),
    ...profile('config', state('running')),
    'profiles/config/config.yaml': 'gateway: [\n',
    ...profile('deep', '{"desired_state":'.repeat(50_000)),
    ...profile('fifo'),
    ...profile('pid', state('running')),
    'profiles/pid/gateway.pid/': '',
    'profiles/link/': '',
  });
  writeFileSync(home.file('profiles/binary/gateway_state.json'), Buffer.from([0xff, 0xfe, 0, 1, 2]));
  assert.equal(spawnSync('mkfifo', [home.file('profiles/fifo/gateway_state.json')]).status, 0);
  symlinkSync('nowhere', home.file('profiles/link/SOUL.md'));
  symlinkSync('loop', home.file('profiles/loop'));
  // Nothing is closed to root.
  if (as === undefined) symlinkSync('nowhere', home.file('profiles/locked'));
  else {
    home.write(profile('locked', state('running')));
    chmodSync(home.file('profiles/locked'), 0o000);
  }
}

function own(paths: readonly string[], uid: number): void {
  const { status } = spawnSync('chown', ['-hR', `${uid}:${uid}`, ...paths]);
  assert.equal(status, 0);
}

/** Changes a file and makes sure that its directory looks changed after the last pass, whatever the clock's grain. */
function later(slot: string, file: string, change: () => void): void {
  change();
  const at = new Date(Date.now() + 1000);
  utimesSync(existsSync(join(slot, file)) ? join(slot, file) : slot, at, at);
}

/** Every entry below a directory with what a write would change. */
function listing(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((entry) => {
      const { mode, size, mtimeMs, ino } = lstatSync(join(directory, entry));
      return `${entry} ${mode} ${size} ${mtimeMs} ${ino}\n`;
    })
    .join('');
}
