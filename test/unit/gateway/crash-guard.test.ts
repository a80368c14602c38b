import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { nextTry, pauseMs } from '../../../src/lib/gateway/crash-guard.ts';

const second = 1_000;
const origin = Date.parse('2026-01-01T00:00:00Z');
const at = (offsetS: number): Date => new Date(origin + offsetS * second);

/** Deaths of a gateway that dies `runS` after each start and is started again as soon as its pause is over. */
function crashes(count: number, runS: number): Date[] {
  const deaths = [at(runS)];
  while (deaths.length < count) {
    const last = deaths.at(-1) ?? at(0);
    const pause = pauseMs(deaths, at(0), last);
    deaths.push(new Date(last.getTime() + pause + runS * second));
  }
  return deaths;
}

/** The pause after each of the deaths. */
function pauses(deaths: readonly Date[]): number[] {
  return deaths.map((death, index) => pauseMs(deaths.slice(0, index + 1), at(0), death) / second);
}

describe('the crash guard', () => {
  it('lets a gateway that has not died since the last command start at once', () => {
    assert.equal(pauseMs([], at(0), at(1)), 0);
    assert.equal(pauseMs([at(-3), at(-2), at(-1)], at(0), at(1)), 0);
    assert.equal(nextTry([at(-1)], at(0), at(1)), null);
  });

  it('doubles the pause from 1 s to 5 min and stays there', () => {
    assert.deepEqual(pauses(crashes(12, 0.1)), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it('begins again at 1 s after a run of 5 min, and not after one that is a little shorter', () => {
    const deaths = crashes(5, 1);
    const last = deaths.at(-1) ?? at(0);
    const after = (runS: number): Date => new Date(last.getTime() + (16 + runS) * second);
    assert.deepEqual(pauses([...deaths, after(300)]).at(-1), 1);
    assert.deepEqual(pauses([...deaths, after(299)]).at(-1), 32);
  });

  it('counts all deaths of a gateway that nobody has commanded yet', () => {
    assert.equal(pauseMs([at(0), at(1.5)], null, at(1.5)), 2 * second);
  });

  it('says when the next try is, and nothing once that has passed', () => {
    assert.deepEqual(nextTry([at(0)], null, at(0.4)), at(1));
    assert.equal(nextTry([at(0)], null, at(1)), null);
  });

  it('is not fooled by a clock that was set back', () => {
    assert.equal(pauseMs([at(5_000)], at(4_000), at(0)), 1 * second);
  });

  it('never waits longer than 5 min, whatever the tally, the order and the clock', () => {
    const moments = fc.array(fc.integer({ min: -100_000, max: 100_000 }).map(at), { maxLength: 100 });
    fc.assert(
      fc.property(
        moments,
        fc.option(fc.integer({ min: -100_000, max: 100_000 }).map(at)),
        (deaths, desiredAt) => {
          const pause = pauseMs(deaths, desiredAt, at(0));
          assert.ok(pause >= 0 && pause <= 300 * second);
          assert.equal(pause, pauseMs(deaths.toReversed(), desiredAt, at(0)));
        },
      ),
    );
  });
});
