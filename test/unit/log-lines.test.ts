import assert from 'node:assert/strict';
import { parseLogLine, neutralised, type LogLine } from '../../src/lib/gateway/log-line.ts';
import { merged, previousRun } from '../../src/lib/gateway/log-history.ts';
import { parseMoment } from '../../src/lib/moment.ts';
import { parseProfileName } from '../../src/lib/profile/name.ts';

const coder = parseProfileName('coder');
const writer = parseProfileName('writer');
const line = (profile: typeof coder, at: number | null, text: string): LogLine => ({
  profile,
  at: at === null ? null : new Date(at),
  text,
});

describe("lines of a gateway's log", () => {
  it('gives the moment that s6-log stamped, in local time, and the text as it was', () => {
    const { at, text } = parseLogLine(coder, '2026-11-21 02:00:00.123456789  two  blanks');
    assert.equal(at?.getTime(), new Date(2026, 10, 21, 2, 0, 0, 123).getTime());
    assert.equal(text, 'two  blanks');
  });

  it('takes a line without a stamp as it is', () => {
    assert.deepEqual(parseLogLine(coder, 'rest of a long line'), line(coder, null, 'rest of a long line'));
  });

  it('shows what would drive a terminal instead of doing it', () => {
    assert.equal(neutralised('a\x1b[2Jb\tc\r\u009b1m'), 'a\\x1b[2Jb\tc\\x0d\\x9b1m');
  });

  it('merges by time and keeps a line without a stamp behind the one before it', () => {
    const one = [line(coder, 1, 'a'), line(coder, null, 'a2'), line(coder, 4, 'd')];
    const two = [line(writer, 2, 'b'), line(writer, 3, 'c')];
    assert.deepEqual(
      [...merged([one, [], two])].map(({ text }) => text),
      ['a', 'a2', 'b', 'c', 'd'],
    );
  });

  it('takes the run before the last death from the death before it', () => {
    const at = (ms: number) => new Date(ms);
    assert.equal(previousRun([]), null);
    assert.deepEqual(previousRun([at(5000)]), { from: null, to: at(5100) });
    assert.deepEqual(previousRun([at(1000), at(5000)]), { from: at(1100), to: at(5100) });
  });
});

describe('a moment as it is typed', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  for (const [text, iso] of [
    ['90s', '2026-11-21T11:58:30.000Z'],
    ['10m', '2026-11-21T11:50:00.000Z'],
    ['2h', '2026-11-21T10:00:00.000Z'],
    ['3d', '2026-11-18T12:00:00.000Z'],
    ['2026-11-20T01:02:03Z', '2026-11-20T01:02:03.000Z'],
  ] as const)
    it(`reads ${text}`, () => {
      assert.equal(parseMoment(text, now).toISOString(), iso);
    });

  for (const text of ['', '10', '10 m', 'm', '-5m', 'yesterday', '2026-99-99'])
    it(`refuses ${JSON.stringify(text)} as usage`, () => {
      assert.throws(() => parseMoment(text, now), { code: 'USAGE', exit: 2 });
    });
});
