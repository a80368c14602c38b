import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { entry, runBeforeHead, runHermes, startHermes } from '../helpers/cli.ts';
import { startFleet } from '../helpers/fleet.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';
import { until } from '../helpers/until.ts';

const s6Log =
  ['/command', '/usr/bin', '/bin'].map((dir) => `${dir}/s6-log`).find((path) => existsSync(path)) ?? 's6-log';

describe('gateway logs', () => {
  let home: TempHome;
  const directory = (profile: string) => home.file(`logs/gateways/${profile}`);
  /** The very logger of a slot, with files as small as wanted. */
  const logger = (profile: string, { files = 10, bytes = 1_000_000 } = {}): ChildProcess =>
    spawn(s6Log, [`n${files}`, `s${bytes}`, 'T', directory(profile)], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  const log = (profile: string, text: string) => {
    const { status } = spawnSync(s6Log, ['n10', 's1000000', 'T', directory(profile)], { input: text });
    assert.equal(status, 0);
  };
  const logs = (...args: string[]) => runHermes(['gateway', 'logs', ...args], { home: home.path });

  beforeEach(() => {
    home = tempHome({
      'SOUL.md': '',
      'logs/gateways/': '',
      'profiles/coder/SOUL.md': '',
      'profiles/writer/SOUL.md': '',
    });
  });

  afterEach(() => home.remove());

  it('merges several gateways by time, each line behind its name', async () => {
    log('coder', 'first\n');
    log('writer', 'second\n');
    log('coder', 'third\n');
    const { code, stdout } = await logs('coder', 'writer');
    assert.equal(code, 0);
    assert.deepEqual(
      stdout.split('\n').map((line) => line.replace(/ \S+Z /, ' ')),
      ['coder  first', 'writer second', 'coder  third', ''],
    );
  });

  it('gives each name a colour of its own where colours are wanted', async () => {
    log('coder', 'first\n');
    log('writer', 'second\n');
    const words = ['gateway', 'logs', 'coder', 'writer'];
    const { stdout } = await runHermes(words, { home: home.path, env: { FORCE_COLOR: '1' } });
    const colours = stdout.split('\n').map((line) => line.split(/coder|writer/)[0]);
    assert.deepEqual(colours, ['\x1b[36m', '\x1b[33m', '']);
  });

  it('shows the last 100 lines, -n as many as asked for, over rotated files', async () => {
    for (let batch = 0; batch < 1000; batch += 250) {
      const child = logger('coder', { files: 50, bytes: 4096 });
      child.stdin?.end(Array.from({ length: 250 }, (_, i) => `line ${batch + i}\n`).join(''));
      await once(child, 'exit');
    }
    assert.ok(readdirSync(directory('coder')).filter((name) => name.startsWith('@')).length > 2);
    const hundred = (await logs('coder')).stdout.trimEnd().split('\n');
    assert.equal(hundred.length, 100);
    assert.match(hundred.at(-1) ?? '', / line 999$/);
    const many = (await logs('coder', '-n', '950')).stdout.trimEnd().split('\n');
    assert.match(many[0] ?? '', / line 50$/);
    assert.equal((await logs('coder', '-n', '0')).stdout, '');
  });

  it('shows what came since a moment', async () => {
    log('coder', 'now\n');
    assert.match((await logs('coder', '--since', '10m')).stdout, / now\n$/);
    assert.equal((await logs('coder', '--since', '2099-01-01T00:00:00Z')).stdout, '');
    const wrong = await logs('coder', '--since', 'yesterday');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^Error: "yesterday" is no moment\nGive how long ago/);
  });

  it('gives one JSON object a line under --json', async () => {
    log('coder', 'he said "no"\n');
    const { schema, profile, at, text } = JSON.parse((await logs('coder', '--json')).stdout) as Record<
      string,
      string
    >;
    assert.deepEqual(
      { schema, profile, text },
      { schema: 'hermes.gateway.logs/1', profile: 'coder', text: 'he said "no"' },
    );
    assert.ok(Math.abs(Date.parse(at ?? '') - Date.now()) < 600_000);
  });

  it('loses no line of 200,000 on a reader that sleeps for 12 s', async function () {
    this.timeout(120_000);
    const child = logger('coder');
    child.stdin?.end(Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join(''));
    await once(child, 'exit');
    const { stdout } = spawnSync(
      '/bin/sh',
      ['-c', '"$0" "$1" gateway logs coder -n 1000000 | { sleep 12; wc -l; }', process.execPath, entry],
      {
        env: { HERMES_HOME: home.path, PATH: process.env['PATH'], HOME: '/tmp' },
        encoding: 'utf8',
      },
    );
    assert.equal(stdout.trim(), '200000');
  });

  for (const words of ['-n 50000', '-n 50000 -f', '-n 1 -f'])
    it(`ends quietly when the reader has seen enough of ${words}`, async () => {
      log('coder', Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join(''));
      const { code, stdout, stderr } = await runBeforeHead(
        ['gateway', 'logs', 'coder', ...words.split(' ')],
        { home: home.path },
      );
      assert.match(stdout, words === '-n 1 -f' ? / 49999\n$/ : / 0\n$/);
      assert.deepEqual([code, stderr], [0, '']);
    });

  it('follows over rotations without losing or repeating a line', async () => {
    const child = logger('coder', { files: 5, bytes: 4096 });
    child.stdin?.write('before\n');
    await until(async () => (await logs('coder')).stdout.includes('before'), 'the first line is there');
    const follower = startHermes(['gateway', 'logs', 'coder', '-f', '-n', '1'], { home: home.path });
    let seen = '';
    follower.stdout?.setEncoding('utf8').on('data', (text: string) => (seen += text));
    await until(() => seen.includes('before'), 'it follows');
    for (let i = 0; i < 600; i += 1) {
      child.stdin?.write(`line ${i}\n`);
      // As fast as it is read: s6-log throws away what is older than five small files.
      if (i % 50 === 49) await until(() => seen.includes(`line ${i}\n`), `line ${i} was followed`);
    }
    follower.kill('SIGTERM');
    child.stdin?.end();
    const texts = seen
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\S+ /, ''));
    assert.deepEqual(texts, ['before', ...Array.from({ length: 600 }, (_, i) => `line ${i}`)]);
  });

  it('follows a gateway that has logged nothing yet', async () => {
    const follower = startHermes(['gateway', 'logs', 'writer', '-f'], { home: home.path });
    let seen = '';
    follower.stdout?.setEncoding('utf8').on('data', (text: string) => (seen += text));
    await until(() => {
      log('writer', 'at last\n');
      return seen.includes('at last');
    }, 'the first lines were followed');
    follower.kill('SIGTERM');
  });

  it('shows the run before the last death of a gateway that really crashed, and no other', async () => {
    const fleet = await startFleet();
    try {
      await fleet.profiles(['coder'], '  command: [sh, -c, "echo run $$; exit 3"]\n');
      await fleet.run('gateway start coder');
      const previous = await until(async () => {
        const { deaths, state } = await fleet.one('gateway status coder');
        if (Number(deaths) < 3 || state !== 'backoff') return null;
        const { code, stdout } = await fleet.run('gateway logs coder --previous');
        // The logger may be late.
        return code === 0 && /Z ends with 3: exit 3\n$/.test(stdout) && stdout;
      }, 'it has died three times');
      assert.equal([...previous.matchAll(/ run \d+$/gm)].length, 1, previous);
      await fleet.profiles(['writer']);
      await fleet.run('gateway start writer');
      const never = await fleet.run('gateway logs writer --previous');
      assert.equal(never.code, 1);
      assert.match(never.stderr, /^Error: writer has not died, so there is no run before\n$/);
    } finally {
      await fleet.stop();
    }
  });

  it('keeps the terminal safe from what a gateway writes', () => {
    log('coder', 'wipe \x1b[2J\n');
    const { stdout } = spawnSync(
      'script',
      ['-qec', `'${process.execPath}' '${entry}' gateway logs coder`, '/dev/null'],
      {
        env: { HERMES_HOME: home.path, PATH: process.env['PATH'], HOME: '/tmp', NO_COLOR: '1' },
        encoding: 'utf8',
      },
    );
    assert.match(stdout, /wipe \\x1b\[2J/);
  });

  it('shows the others when one log cannot be read, and says so', async () => {
    log('coder', 'fine\n');
    home.write({ 'logs/gateways/writer': 'a file where a directory belongs' });
    const { code, stdout, stderr } = await logs('coder', 'writer');
    assert.equal(code, 1);
    assert.match(stdout, / fine\n/);
    assert.match(stderr, /Error: cannot read .*logs\/gateways\/writer: ENOTDIR/);
  });

  it('names what was probably meant for a name that is nobody', async () => {
    const { code, stderr } = await logs('codr');
    assert.equal(code, 4);
    assert.match(stderr, /no such gateway 'codr'.*\nDid you mean "coder"\?/);
  });
});
