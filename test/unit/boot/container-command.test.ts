import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import {
  belongsToCommand,
  commandCarrier,
  containerCommand,
  parseContainerCommand,
  wordsOf,
} from '../../../src/lib/boot/container-command.ts';

const runs = (profile: string | null, noSupervise = false) => ({
  role: 'gateway',
  runsGateway: { profile, noSupervise },
});
const idle = { role: 'gateway', runsGateway: null };
const dashboard = { role: 'dashboard', runsGateway: null };

describe('the words of a container command', () => {
  const table: readonly [string, object][] = [
    ['', idle],
    ['sleep infinity', idle],
    ['sh -c gateway', idle],
    ['gateway', runs(null)],
    ['gateway run', runs(null)],
    ['/usr/local/bin/gateway run', runs(null)],
    ['hermes gateway run', runs(null)],
    ['/usr/local/bin/hermes gateway run', runs(null)],
    ['-v gateway run', runs(null)],
    ['hermes -v gateway run --no-supervise', runs(null, true)],
    ['-p coder gateway run', runs('coder')],
    ['hermes -pcoder gateway', runs('coder')],
    ['hermes --profile=coder gateway run', runs('coder')],
    ['gateway run --profile coder', runs('coder')],
    ['-p dashboard gateway run', runs('dashboard')],
    ['gateway start', idle],
    ['gateway --help', idle],
    ['gateway run -h', idle],
    ['profile list', idle],
    ['dashboard', dashboard],
    ['hermes dashboard --port 9119', dashboard],
    ['-p coder dashboard', dashboard],
    ['echo dashboard', idle],
  ];
  for (const [words, expected] of table)
    it(`"${words}" is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseContainerCommand(words.split(' ')), expected);
    });
});

describe('the process that carries them', () => {
  const stage2 =
    '/bin/sh -e /run/s6/basedir/scripts/rc.init top /opt/hermes/docker/main-wrapper.sh dashboard';
  const table: readonly [string, boolean, string | null][] = [
    ['/bin/sh /opt/hermes/container/init gateway run', true, 'gateway run'],
    ['/sbin/docker-init -- /opt/hermes/container/init gateway run', true, 'gateway run'],
    ['vi -R /opt/hermes/container/init', false, null],
    ['/bin/sh /opt/hermes/container/init gateway run', false, 'gateway run'],
    ['/bin/sh /opt/hermes/container/command gateway run', false, 'gateway run'],
    ['/init /opt/hermes/docker/main-wrapper.sh gateway run', true, 'gateway run'],
    ['/init /opt/hermes/docker/main-wrapper.sh gateway run', false, null],
    [stage2, false, 'dashboard'],
    ['vi main-wrapper.sh', false, null],
    ['/command/s6-svscan -d4 -- /run/service', true, null],
  ];
  for (const [argv, isPid1, expected] of table)
    it(`${isPid1 ? 'PID 1' : 'another process'} with "${argv}" carries ${expected === null ? 'nothing' : `"${expected}"`}`, () => {
      assert.equal(wordsOf(argv.split(' '), isPid1)?.join(' ') ?? null, expected);
    });

  /** A /proc of text: PID to argv and its PIDs in the namespaces from here downwards. */
  function procOf(processes: Readonly<Record<number, { argv: string; nspid: string }>>): string {
    const proc = mkdtempSync(join(tmpdir(), 'hermes-proc-'));
    for (const [pid, { argv, nspid }] of Object.entries(processes)) {
      mkdirSync(join(proc, pid));
      writeFileSync(join(proc, pid, 'cmdline'), argv.replaceAll(' ', '\0') + '\0');
      writeFileSync(join(proc, pid, 'status'), `Name:\tsh\nNSpid:\t${nspid}\nUid:\t0\n`);
    }
    return proc;
  }

  it('is PID 1 before any other, and the lowest PID after it', () => {
    const proc = procOf({
      1: { argv: '/command/s6-svscan -d4 -- /run/service', nspid: '1' },
      9: { argv: stage2, nspid: '9' },
      18: { argv: stage2.replace('dashboard', 'gateway run'), nspid: '18' },
    });
    try {
      assert.deepEqual(commandCarrier(proc), { pid: 9, words: ['dashboard'] });
      assert.equal(containerCommand(proc).role, 'dashboard');
    } finally {
      rmSync(proc, { recursive: true });
    }
  });

  it('is nobody on a host, whatever the containers on it run', () => {
    const proc = procOf({
      1: { argv: '/sbin/init', nspid: '1' },
      4711: { argv: stage2, nspid: '4711\t18' },
    });
    try {
      assert.equal(commandCarrier(proc), null);
      assert.deepEqual(containerCommand(proc), idle);
    } finally {
      rmSync(proc, { recursive: true });
    }
  });

  it('owns what descends from it, and nothing else', () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const { pid } = child;
    try {
      assert.ok(pid !== undefined);
      assert.equal(belongsToCommand({ pid: process.pid, words: [] }, pid), true);
      assert.equal(belongsToCommand({ pid, words: [] }, process.pid), false);
      assert.equal(belongsToCommand(null, pid), false);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
