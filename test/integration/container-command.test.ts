import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binDir } from '../helpers/tree.ts';

const command = fileURLToPath(new URL('../../container/command', import.meta.url));

describe('the container’s command', () => {
  let scandir: string;

  beforeEach(() => {
    scandir = mkdtempSync(join(tmpdir(), 'hermes-command-'));
    mkdirSync(join(scandir, '.s6-svscan'));
    execFileSync('mkfifo', [join(scandir, '.s6-svscan/ready')]);
  });

  afterEach(() => {
    rmSync(scandir, { recursive: true });
  });

  /** Runs it many times, does `meanwhile` (sh) each time, and tells the codes that it left for PID 1. */
  function codes(times: number, words: string, meanwhile: string): string[] {
    const script = `run=0
      while [ $run != ${times} ]; do
        run=$((run + 1))
        rm -f "$1/.s6-svscan/exit-code"
        "$0" ${words} </dev/null 2>/dev/null &
        echo >"$1/.s6-svscan/ready"
        ${meanwhile}
        wait $!
        cat "$1/.s6-svscan/exit-code" || echo none
      done`;
    const env = { PATH: '/usr/bin:/bin', HERMES_S6_BIN_DIR: binDir, S6_PROFILE_GATEWAY_SCANDIR: scandir };
    const said = execFileSync('/bin/sh', ['-c', script, command, scandir], {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return [...new Set(said.trim().split('\n'))];
  }

  it('gives its own code to the container, also when it ends at the moment of a TERM', () => {
    const ending = `sh -c 'trap "exit 9" TERM; kill -s TERM $PPID; exit 9'`;
    assert.deepEqual(codes(400, ending, ':'), ['9']);
  });

  it('is told to end however early the container is', () => {
    // From before it has a process group to long after.
    const later = 'wait=0; while [ $wait -lt $((run * 4)) ]; do wait=$((wait + 1)); done; kill -s TERM $!';
    assert.deepEqual(codes(100, 'sleep 20', later), ['143']);
  });
});
