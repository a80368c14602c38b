import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/lib/failure.ts';
import { tryLock } from '../../src/lib/files/lock.ts';
import { tryLocks } from '../../src/lib/files/locks.ts';
import { isInside } from '../../src/lib/gateway/ancestry.ts';
import { appendJournal, type JournalFacts, readJournal } from '../../src/lib/gateway/journal.ts';
import { raise } from '../../src/lib/gateway/move.ts';
import { beginReadingLocks, gatewayHolder, parseLocks } from '../../src/lib/gateway/orphan.ts';
import { span } from '../../src/lib/gateway/words.ts';
import type { RootHome } from '../../src/lib/profile/home.ts';
import { parseSvstat, type ServiceStatus } from '../../src/lib/s6/status.ts';
import { parseTally, unaskedDeaths } from '../../src/lib/s6/tai64.ts';
import type { Site } from '../../src/lib/site.ts';
import { until } from '../helpers/until.ts';

const facts: JournalFacts = {
  profile: 'coder',
  action: 'start',
  reason: 'why not',
  outcome: 'done',
  seconds: 0.3,
  pid: 12,
  error: null,
};

function status(words: string): ServiceStatus {
  const [up, wanted, normal, ready] = ['up', 'wanted', 'normal', 'ready'].map((word) => words.includes(word));
  return (
    parseSvstat(`${up} ${wanted} ${normal} ${ready} ${up ? 99 : -1} -1 NA 5 5`) ??
    assert.fail('no such status')
  );
}

describe('what s6 is told to bring a gateway up', () => {
  const usual = { restart: false, saysReady: true, pausing: false };
  const flags = (words: string, more = {}) => raise(status(words), { ...usual, ...more }).flags;

  it('is nothing for one that is ready and stays', () => {
    assert.equal(flags('up wanted normal ready'), null);
    assert.equal(flags('up wanted normal'), null);
  });

  it('is to stay up for one that would not come back', () => {
    assert.equal(flags('up wanted ready'), '-U');
  });

  it('is to start one that is down', () => {
    assert.equal(flags(''), '-U');
    assert.equal(flags('', { restart: true }), '-U');
  });

  it('is to start anew what is leaving, pausing, dying or to be restarted', () => {
    assert.equal(flags('up normal ready'), '-dU');
    assert.equal(flags('up wanted normal', { pausing: true }), '-dU');
    assert.equal(flags('wanted normal'), '-dU');
    assert.equal(flags('up wanted normal ready', { restart: true }), '-dU');
  });

  it('is told in two steps to one that is so young that s6 would make it wait', () => {
    const young = { ...status('up wanted normal ready'), upDownForS: 0 };
    assert.equal(raise(young, { ...usual, restart: true }).flags, '-d -U');
    assert.equal(raise(young, usual).flags, null);
  });
});

describe('a death tally', () => {
  const tally = [
    '@400000006b01a1ec2c8ce231 exitcode 1',
    '@400000006b01a1ed2c8ce231 exitcode 143',
    '@400000006b01a1ee2c8ce231 signal SIGTERM',
    '@400000006b01a1ef2c8ce231 signal SIGKILL',
  ].join('\n');

  it('tells how each process ended', () => {
    assert.deepEqual(
      parseTally(tally).map(({ exitCode, signal }) => exitCode ?? signal),
      [1, 143, 'SIGTERM', 'SIGKILL'],
    );
  });

  it('counts no death that somebody asked for', () => {
    assert.equal(unaskedDeaths(parseTally(tally)).length, 2);
  });
});

describe('a span of time', () => {
  it('is told in its two largest units', () => {
    const told = [0, 999, 8_000, 252_000, 240_000, 7_500_000, 187_200_000].map(span);
    assert.deepEqual(told, ['0s', '1s', '8s', '4m12s', '4m', '2h5m', '2d4h']);
  });
});

describe('the lifecycle journal', () => {
  let directory: string;
  let site: Site;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hermes-journal-'));
    site = {
      root: directory as RootHome,
      actor: { user: 'operator', uid: 1000, via: 'shell' },
      now: () => new Date(0),
    } as Site;
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const path = () => join(directory, 'logs/lifecycle.jsonl');

  it('says who did what, when, why and with what result', () => {
    assert.equal(appendJournal(site, facts), null);
    assert.deepEqual(readJournal(site), [
      { at: '1970-01-01T00:00:00.000Z', actor: { user: 'operator', uid: 1000, via: 'shell' }, ...facts },
    ]);
  });

  it('is read past broken lines', () => {
    appendJournal(site, facts);
    appendFileSync(path(), '{"at":"half a li\n[]\n\n');
    appendJournal(site, facts);
    assert.equal(readJournal(site).length, 2);
  });

  it('is bounded: a full file is kept as .1 and read with the new one', () => {
    appendJournal(site, facts);
    appendFileSync(path(), 'x'.repeat(1024 * 1024));
    appendJournal(site, facts);
    assert.ok(existsSync(`${path()}.1`));
    appendJournal(site, facts);
    assert.equal(readFileSync(path(), 'utf8').split('\n').length, 2);
    assert.equal(readJournal(site).length, 2);
  });

  it('is never written through a link, and says so', () => {
    appendJournal(site, facts);
    rmSync(path());
    writeFileSync(join(directory, 'elsewhere'), '');
    symlinkSync(join(directory, 'elsewhere'), path());
    assert.match(
      String(appendJournal(site, facts)),
      /^the journal was not written: cannot append to .*lifecycle\.jsonl: it is a symbolic link$/,
    );
    assert.equal(readFileSync(join(directory, 'elsewhere'), 'utf8'), '');
  });
});

describe('who holds the lock of a gateway', () => {
  it('is the process that s6-setlock became, as long as it lives', async () => {
    const home = mkdtempSync(join(tmpdir(), 'hermes-holder-'));
    const holder = spawn('/usr/bin/s6-setlock', ['-n', join(home, 'gateway.lock'), 'sleep', '1000'], {
      stdio: 'ignore',
    });
    await until(() => gatewayHolder(home) === holder.pid, 'it holds the lock');
    assert.equal(gatewayHolder(home, await beginReadingLocks()), holder.pid);
    holder.kill('SIGKILL');
    await until(() => gatewayHolder(home) === null, 'nobody holds it');
    rmSync(home, { recursive: true });
  });

  it('is found where the kernel gives the lock another device than the file, as on btrfs', () => {
    const home = mkdtempSync(join(tmpdir(), 'hermes-btrfs-'));
    const path = join(home, 'gateway.lock');
    const fd = openSync(path, 'w');
    const table = (pid: number) =>
      parseLocks(`1: POSIX  ADVISORY  WRITE ${pid} ff:ff:${statSync(path).ino} 0 EOF\n`);
    assert.equal(gatewayHolder(home, table(process.pid)), process.pid);
    // Who has another file of that number is not meant.
    assert.equal(gatewayHolder(home, table(process.ppid)), null);
    closeSync(fd);
    assert.equal(gatewayHolder(home, table(process.pid)), null);
    rmSync(home, { recursive: true });
  });

  it('is found in a table of many pieces', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hermes-many-'));
    const homes = Array.from({ length: 400 }, (_, index) => join(directory, String(index)));
    homes.forEach((home) => mkdirSync(home));
    const setlock = '/usr/bin/s6-setlock';
    // Each becomes the next, and what it has locked stays so.
    const words = homes.flatMap((home) => [setlock, '-n', join(home, 'gateway.lock')]);
    const holder = spawn(setlock, [...words.slice(1), 'sleep', '1000'], { stdio: 'ignore' });
    try {
      await until(() => gatewayHolder(homes.at(-1) ?? '') === holder.pid, 'it holds them all');
      const locks = await beginReadingLocks();
      const found = homes.map((home) => gatewayHolder(home, locks));
      assert.deepEqual(new Set(found), new Set([holder.pid]));
    } finally {
      holder.kill('SIGKILL');
      rmSync(directory, { recursive: true });
    }
  });
});

if (process.getuid?.() === 0)
  describe('a table of locks put in the place of the kernel’s', () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'hermes-table-'));
    });

    afterEach(() => {
      rmSync(directory, { recursive: true });
    });

    /** How many locks are read from a table of so many, at once and beside other things. */
    function sizes(lines: number, mode: number, caps: string): string {
      const table = Array.from(
        { length: lines },
        (_, n) => `${n}: POSIX ADVISORY WRITE 1 00:01:${n} 0 EOF\n`,
      );
      writeFileSync(join(directory, 'locks'), table.join(''), { mode });
      const url = new URL('../../src/lib/gateway/orphan.ts', import.meta.url).href;
      const script = `import { beginReadingLocks, readLocks } from ${JSON.stringify(url)};
        console.log(readLocks().size, (await beginReadingLocks()).size);`;
      const instead = 'mount --bind "$0" /proc/locks && exec setpriv --bounding-set "$@"';
      const node = [process.execPath, '--input-type=module', '-e', script];
      return execFileSync('unshare', ['-m', 'sh', '-c', instead, join(directory, 'locks'), caps, ...node], {
        encoding: 'utf8',
      });
    }

    it('may be empty', () => {
      assert.equal(sizes(0, 0o444, '+all'), '0 0\n');
    });

    it('names nobody where it is closed to us', () => {
      assert.equal(sizes(1, 0, '+all'), '1 1\n');
      assert.equal(sizes(1, 0, '-dac_override,-dac_read_search'), '0 0\n');
    });
  });

describe('ancestry', () => {
  it('reaches from this process to its parents, and not to others', () => {
    assert.ok(isInside(process.pid));
    assert.ok(isInside(process.ppid));
    assert.equal(isInside(process.pid + 1), false);
  });
});

describe('many locks in one process', () => {
  it('are each ours, somebody else’s, or told why not', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hermes-locks-'));
    const paths = Array.from({ length: 30 }, (_, index) => join(directory, `lock-${index}`));
    const other = tryLock(paths[7] ?? '');
    symlinkSync('/etc/hostname', join(directory, 'link'));
    const locks = tryLocks([...paths, join(directory, 'link')]);
    assert.deepEqual(
      locks.flatMap((lock, index) => (lock === null ? [index] : [])),
      [7],
    );
    assert.ok(locks[30] instanceof Failure);
    assert.equal(tryLock(paths[3] ?? ''), null);
    for (const lock of locks) if (lock !== null && 'release' in lock) lock.release();
    tryLock(paths[3] ?? '')?.release();
    other?.release();
    rmSync(directory, { recursive: true });
  });
});
