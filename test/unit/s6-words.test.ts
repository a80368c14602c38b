import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { detect, findBinDir } from '../../src/lib/s6/detect.ts';
import {
  GatewayNotRegisteredError,
  S6CommandError,
  S6Error,
  type S6CommandCode,
} from '../../src/lib/s6/errors.ts';
import { parseSvstat } from '../../src/lib/s6/status.ts';
import { parseTai64n, parseTally, unaskedDeaths } from '../../src/lib/s6/tai64.ts';

describe('what s6-svstat says', () => {
  it('is read field by field', () => {
    assert.deepEqual(parseSvstat('true false true true 412 -1 NA 17 16\n'), {
      up: true,
      wantedUp: false,
      normallyUp: true,
      ready: true,
      pid: 412,
      exitCode: null,
      signal: null,
      upDownForS: 17,
      readyForS: 16,
    });
  });

  it('names the signal or the exit code of the last run', () => {
    assert.equal(parseSvstat('false true true false -1 -1 SIGTERM 0 0')?.signal, 'SIGTERM');
    assert.equal(parseSvstat('false true true false -1 78 NA 0 0')?.exitCode, 78);
  });

  it('never yields a pid that a signal to would hit everybody', () => {
    for (const pid of ['-1', '0', '1'])
      assert.equal(parseSvstat(`true true true true ${pid} -1 NA 0 0`)?.pid, null);
  });

  it('is found behind a warning, and anything else is no status', () => {
    assert.equal(parseSvstat('s6-svstat: warning: x\ntrue true true true 9 -1 NA 0 0\n')?.pid, 9);
    fc.assert(fc.property(fc.string(), (text) => parseSvstat(text) === null));
  });
});

describe('TAI64N labels', () => {
  it('are UTC, with the leap seconds of today', () => {
    assert.equal(parseTai64n('@400000006b01a07d1518d59c').toISOString(), '2026-11-21T13:44:56.353Z');
  });

  it('of any moment come back as that moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_500_000_000, max: 4_000_000_000 }),
        fc.integer({ min: 0, max: 999 }),
        (s, ms) => {
          const label = `@${(2n ** 62n + 37n + BigInt(s)).toString(16)}${(ms * 1e6).toString(16).padStart(8, '0')}`;
          assert.equal(+parseTai64n(label), s * 1000 + ms);
        },
      ),
    );
  });

  it('of another form are refused', () => {
    for (const text of ['', '@40', '400000006b01a07d1518d59c', '@400000006B01A07D1518D59C', '2026-11-21'])
      assert.throws(() => parseTai64n(text), RangeError);
  });

  const tally = [
    '@400000006b01a07b3b108be0 exitcode 78',
    'nonsense',
    '@400000006b01a07b3a501341 signal SIGKILL',
    '@400000006b01a07c00000000 signal SIGTERM',
    '@400000006b01a07d00000000 exitcode 143',
  ].join('\n');

  it('are gathered from a death tally, oldest first and with their cause, passing over other lines', () => {
    assert.deepEqual(
      parseTally(tally).map(({ at, exitCode, signal }) => [at.getUTCMilliseconds(), exitCode, signal]),
      [
        [978, null, 'SIGKILL'],
        [990, 78, null],
        [0, null, 'SIGTERM'],
        [0, 143, null],
      ],
    );
    assert.deepEqual(parseTally(''), []);
  });

  it('count as deaths unless a TERM was heeded, which somebody asked for', () => {
    assert.deepEqual(
      unaskedDeaths(parseTally(tally)).map((death) => death.getUTCMilliseconds()),
      [978, 990],
    );
  });
});

describe('the service manager of this machine', () => {
  let root: string;
  const make = (comm: string | null, basedir: 'directory' | 'file' | null): Parameters<typeof detect>[0] => {
    mkdirSync(join(root, 'proc/1'), { recursive: true });
    if (comm !== null) writeFileSync(join(root, 'proc/1/comm'), `${comm}\n`);
    if (basedir === 'directory') mkdirSync(join(root, 'basedir'));
    if (basedir === 'file') writeFileSync(join(root, 'basedir'), '');
    return { explicitScandir: null, proc: join(root, 'proc'), basedir: join(root, 'basedir') };
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hermes-detect-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is s6 when PID 1 is s6-svscan and the base directory of s6-overlay exists', () => {
    const detection = detect(make('s6-svscan', 'directory'));
    assert.ok(detection.kind === 's6' && !detection.explicit);
    assert.match(detection.evidence, /PID 1 is s6-svscan/);
  });

  it('is s6 when the scandir was given, whatever PID 1 is', () => {
    const detection = detect({ ...make('systemd', null), explicitScandir: '/srv/scan' });
    assert.ok(detection.kind === 's6' && detection.explicit);
    assert.match(detection.evidence, /\/srv\/scan/);
  });

  for (const [title, comm, basedir, evidence] of [
    ['PID 1 is something else', 'systemd', 'directory', /PID 1 is systemd/],
    ['the base directory is missing', 's6-svscan', null, /no directory/],
    ['the base directory is a file', 's6-svscan', 'file', /no directory/],
    ['PID 1 cannot be read', null, 'directory', /cannot be read/],
  ] as const)
    it(`is none when ${title}, and says so with a way out`, () => {
      const detection = detect(make(comm, basedir));
      assert.ok(detection.kind === 'none');
      assert.match(detection.evidence, evidence);
      assert.match(detection.hint, /hermes boot supervise/);
    });

  it('has its programs where the environment says, else where s6-svc is found', () => {
    assert.equal(findBinDir({ HERMES_S6_BIN_DIR: '/opt/s6/bin' }), '/opt/s6/bin');
    assert.equal(findBinDir({ HERMES_S6_BIN_DIR: '' }), findBinDir({}));
    assert.match(findBinDir({}) ?? '', /^\/(command|usr\/bin|bin)$/);
  });
});

describe('errors about s6', () => {
  const command = (code: S6CommandCode) =>
    new S6CommandError({
      code,
      service: 'gateway-coder',
      action: 's6-svc -U',
      returncode: 111,
      stderr: 'a\nb: denied\n',
    });

  it('of a gateway without a slot name the way to make one, and the name that was probably meant', () => {
    const error = new GatewayNotRegisteredError('typo', 'typer');
    assert.ok(error instanceof S6Error);
    assert.equal(
      error.message,
      `no such gateway 'typo': create it with "hermes profile create typo", or pick one with -p`,
    );
    assert.deepEqual(
      [error.code, error.exit, error.profile, error.service, error.hint],
      ['GATEWAY_NOT_REGISTERED', 4, 'typo', 'gateway-typo', 'Did you mean "typer"?'],
    );
    assert.equal(new GatewayNotRegisteredError('typo').hint, undefined);
  });

  for (const [code, exit, retryable] of [
    ['S6_FAILED', 1, false],
    ['S6_TIMEOUT', 75, true],
    ['S6_MISSING', 69, false],
    ['S6_DENIED', 77, false],
    ['S6_NOT_SUPERVISED', 4, false],
  ] as const)
    it(`of code ${code} end with ${exit}`, () => {
      const error = command(code);
      assert.deepEqual([error.code, error.exit, error.retryable], [code, exit, retryable]);
    });

  it('say what was done to which service, and the last word of the program', () => {
    const error = command('S6_DENIED');
    assert.equal(error.message, 's6-svc -U on gateway-coder was denied (exit 111: b: denied)');
    assert.deepEqual(
      [error.service, error.action, error.returncode, error.stderr],
      ['gateway-coder', 's6-svc -U', 111, 'a\nb: denied\n'],
    );
  });
});
