import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../../src/lib/failure.ts';
import {
  assertCreatable,
  nearest,
  parseProfileName,
  profileOfService,
  reservedNames,
  serviceName,
} from '../../../src/lib/profile/name.ts';

const usage = (error: unknown) => error instanceof Failure && error.exit === 2;
const goodName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/);

describe('a profile name', () => {
  it('that keeps the rule is taken as it is, and comes back from its service', () => {
    fc.assert(
      fc.property(goodName, (text) => {
        const name = parseProfileName(text);
        assert.equal(name, text);
        assert.equal(profileOfService(serviceName(name)), name);
      }),
    );
  });

  it('that breaks the rule anywhere is refused as usage, in one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        fc.pre(!/^[a-z0-9][a-z0-9_-]*$/.test(text) && text.toLowerCase() !== 'default');
        assert.throws(
          () => parseProfileName(text),
          (error) => usage(error) && !String(error).includes('\n'),
        );
        assert.equal(profileOfService(`gateway-${text}`), null);
      }),
    );
  });

  for (const text of [
    '',
    '-a',
    '_a',
    'A',
    'a\n',
    'a b',
    'a/b',
    '..',
    'a.b',
    'é',
    'a'.repeat(208),
    'gateway:x',
  ])
    it(`is not ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.throws(() => parseProfileName(text), usage));

  it('leaves room for staging in a file name', () => {
    const longest = parseProfileName('a'.repeat(207));
    assert.ok(Buffer.byteLength(`.${serviceName(longest)}.${'x'.repeat(36)}`) <= 255);
  });

  it('means the root profile in any spelling of "default"', () => {
    for (const text of ['default', 'Default', 'DEFAULT']) assert.equal(parseProfileName(text), 'default');
  });

  it('for a new profile is not reserved and has at most 64 characters', () => {
    assertCreatable(parseProfileName('a'.repeat(64)));
    assert.throws(() => assertCreatable(parseProfileName('a'.repeat(65))), usage);
    assert.equal(reservedNames.size, 6);
    for (const name of reservedNames) assert.throws(() => assertCreatable(parseProfileName(name)), usage);
  });

  it('is not found in a service that is none of ours', () => {
    for (const service of ['gateway-', 'dashboard', 'gateway', '.gateway-x', 'gateway-x.tmp', 'gateway-X'])
      assert.equal(profileOfService(service), null);
    assert.equal(profileOfService('gateway-default'), 'default');
  });
});

describe('the nearest name', () => {
  const names = ['coder', 'writer', 'default'];

  it('is the one a slip away: a letter too many, missing, wrong or swapped', () => {
    for (const word of ['codr', 'coderr', 'codet', 'ocder', 'Coder'])
      assert.equal(nearest(word, names), 'coder', word);
  });

  it('is none when nothing is near', () => {
    assert.equal(nearest('zzzzz', names), null);
    assert.equal(nearest('co', []), null);
    assert.equal(nearest('xy', ['ab']), null);
  });

  it('is always one of the candidates, and the word itself when it is among them', () => {
    fc.assert(
      fc.property(goodName, fc.array(goodName), (word, others) => {
        assert.equal(nearest(word, [...others, word]), word);
        const found = nearest(word, others);
        assert.ok(found === null || others.includes(found));
      }),
    );
  });
});
