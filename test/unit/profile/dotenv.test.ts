import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../../src/lib/failure.ts';
import {
  parseAssignment,
  parseDotenv,
  parseNewDotenv,
  serialiseDotenv,
} from '../../../src/lib/profile/dotenv.ts';

const parsed = (text: string) => Object.fromEntries(parseDotenv(text));
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).filter((text) => !text.startsWith('HERMES_'));
const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));

describe('a dotenv file', () => {
  it('gives back whatever was written to it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (pairs) => {
        const entries = new Map(pairs);
        assert.deepEqual(parseDotenv(serialiseDotenv(entries)), entries);
      }),
    );
  });

  it('never makes anything but a Failure out of any text, and never tells a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseDotenv(text);
        } catch (error) {
          assert.ok(error instanceof Failure && error.exit === 78);
        }
      }),
    );
    assert.throws(
      () => parseDotenv('A="s3cret'),
      (error) => !String(error).includes('s3cret'),
    );
  });

  it('has comments, blank lines, export, blanks around "=" and CRLF', () => {
    assert.deepEqual(
      parsed('# a\n\n  \nexport A=1\r\n  B = two words  # not this\r\nC=\nD=a#b\nE= # x\nF=#f\n'),
      {
        A: '1',
        B: 'two words',
        C: '',
        D: 'a#b',
        E: '',
        F: '#f',
      },
    );
  });

  it('takes single quotes literally, escapes in double quotes, and both over several lines', () => {
    assert.deepEqual(parsed(`A='$x\\n "' # c\nB="a\\n\\"\\$\\t\\\\b"\nC="one\ntwo"\nD='one\ntwo'\nE="a"`), {
      A: '$x\\n "',
      B: 'a\n"$\t\\b',
      C: 'one\ntwo',
      D: 'one\ntwo',
      E: 'a',
    });
  });

  it('lets the last of a key win and leaves HERMES_* out', () => {
    assert.deepEqual(parsed('A=1\nA=2\nHERMES_HOME=/x\nHERMES_=y\n'), { A: '2' });
  });

  const broken: readonly [string, string, RegExp][] = [
    ['a line without "="', 'A=1\nBROKEN\n', /^\.env, line 2: there is no "="/],
    ['a bad key', '1A=1', /line 1: "1A" is no name/],
    ['an empty key', '=1', /line 1: "" is no name/],
    ['a key with a dash', 'A-B=1', /"A-B" is no name/],
    ['an open quote, named by the line where it opens', 'A="1\n\nB=2', /line 1: the quote " is never closed/],
    ['text after a quote', "A='1' 2", /line 1: there is text after/],
    ['a NUL', 'A=x\0', /the value of A contains a NUL/],
    ['a fault after a value of several lines', 'A="1\n2\n3"\nB', /line 4/],
  ];
  for (const [what, text, words] of broken)
    it(`is refused for ${what}`, () =>
      assert.throws(
        () => parseDotenv(text),
        (error) => error instanceof Failure && error.exit === 78 && words.test(error.message),
      ));
});

describe('a new variable for a profile', () => {
  it('is everything behind the first "="', () => {
    assert.deepEqual(parseAssignment('A=b=c\n d'), ['A', 'b=c\n d']);
    assert.deepEqual(parseAssignment('A='), ['A', '']);
  });

  for (const text of ['A', '=s3cret', '1A=s3cret', 'A B=s3cret', 'HERMES_HOME=s3cret'])
    it(`is not ${text.replace(/=.*/, '=...')}, said without its value`, () =>
      assert.throws(
        () => parseAssignment(text),
        (error) => error instanceof Failure && error.exit === 2 && !error.message.includes('s3cret'),
      ));

  it('from a file is never one of HERMES_*', () => {
    assert.deepEqual(parseNewDotenv('A=1', 'x.env'), new Map([['A', '1']]));
    assert.throws(
      () => parseNewDotenv('A=1\nHERMES_HOME=/x', 'x.env'),
      (error) => error instanceof Failure && error.exit === 78 && /^x\.env: HERMES_HOME/.test(error.message),
    );
  });
});
