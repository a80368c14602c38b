import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { consumeMarker, removeMarker, writeMarker } from '../../../src/lib/gateway/planned-stop.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const stop = { targetPid: 100, targetStartTime: 5000, stopperPid: 200, now };
const self = { pid: 100, startTime: 5000, now: later(1) };

describe('the planned-stop marker', () => {
  let home: TempHome;
  beforeEach(() => (home = tempHome()));
  afterEach(() => home.remove());
  const marker = () => home.file('.gateway-planned-stop.json');

  it('is only for its owner’s eyes', () => {
    writeMarker(home.path, stop);
    assert.equal(statSync(marker()).mode & 0o777, 0o600);
  });

  it('makes the SIGTERM of its target planned, once', () => {
    writeMarker(home.path, stop);
    assert.equal(consumeMarker(home.path, self), true);
    assert.equal(existsSync(marker()), false);
    assert.equal(consumeMarker(home.path, self), false);
  });

  it('needs no start time to know its target', () => {
    writeMarker(home.path, { ...stop, targetStartTime: null });
    assert.equal(consumeMarker(home.path, self), true);
  });

  it('is left alone by another process, also one that got the same PID later', () => {
    writeMarker(home.path, stop);
    assert.equal(consumeMarker(home.path, { ...self, pid: 101 }), false);
    assert.equal(consumeMarker(home.path, { ...self, startTime: 5001 }), false);
    assert.equal(existsSync(marker()), true);
  });

  it('means nothing after 60 s, and is removed by whoever finds it then', () => {
    writeMarker(home.path, stop);
    assert.equal(consumeMarker(home.path, { ...self, now: later(60) }), true);
    writeMarker(home.path, stop);
    assert.equal(consumeMarker(home.path, { ...self, pid: 101, now: later(61) }), false);
    assert.equal(existsSync(marker()), false);
  });

  it('means nothing and is removed when it cannot be read', () => {
    const broken: readonly (() => void)[] = [
      () => writeFileSync(marker(), '{'),
      () => writeFileSync(marker(), 'null'),
      () => writeFileSync(marker(), '{"target_pid": "100", "target_start_time": 5000, "written_at": "now"}'),
      () => mkdirSync(marker()),
    ];
    for (const make of broken) {
      make();
      assert.equal(consumeMarker(home.path, self), false);
      assert.equal(existsSync(marker()), false);
    }
  });

  it('can be removed when there is none', () => {
    removeMarker(home.path);
  });
});
