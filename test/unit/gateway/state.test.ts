import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import {
  changeState,
  desiredAt,
  desiredState,
  priorState,
  readState,
  setDesired,
  stateTrouble,
  type StateData,
} from '../../../src/lib/gateway/state.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';

const words = ['running', 'stopped', 'starting', 'draining', 'degraded', 'startup_failed', 'RUNNING', ''];
const reading = (data: StateData) => ({ kind: 'state', data }) as const;

describe('the desired state', () => {
  const table: readonly [data: StateData, expected: string | null][] = [
    [{ desired_state: 'running' }, 'running'],
    [{ desired_state: 'stopped', gateway_state: 'running' }, 'stopped'],
    [{ desired_state: 'running', gateway_state: 'startup_failed' }, 'running'],
    [{ desired_state: 'draining', gateway_state: 'running' }, null],
    [{ desired_state: null, gateway_state: 'running' }, 'running'],
    [{ desired_state: 1, gateway_state: 'running' }, 'running'],
    [{ gateway_state: 'running' }, 'running'],
    [{ gateway_state: 'draining' }, 'running'],
    [{ gateway_state: 'degraded' }, 'running'],
    [{ gateway_state: 'stopped' }, 'stopped'],
    [{ gateway_state: 'starting' }, null],
    [{ gateway_state: 'startup_failed' }, null],
    [{ gateway_state: ['running'] }, null],
    [{}, null],
  ];
  for (const [data, expected] of table)
    it(`of ${JSON.stringify(data)} is ${expected ?? 'none'}`, () =>
      assert.equal(desiredState(reading(data)), expected));

  it('is the operator’s word alone whenever that is a string', () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.anything(), (desired, actual) => {
        const expected = desired === 'running' || desired === 'stopped' ? desired : null;
        assert.equal(desiredState(reading({ desired_state: desired, gateway_state: actual })), expected);
      }),
    );
  });

  it('is none and named as trouble when the words are no strings', () => {
    assert.equal(stateTrouble(reading({ gateway_state: 7 })), 'gateway_state is not a string');
    assert.equal(
      stateTrouble(reading({ desired_state: {}, gateway_state: null })),
      'desired_state is not a string',
    );
    assert.equal(stateTrouble(reading({ desired_state: {}, gateway_state: 'running' })), null);
    assert.equal(stateTrouble(reading({})), null);
  });

  it('has a moment only when that is one', () => {
    assert.deepEqual(desiredAt(reading({ desired_at: '2026-01-01T00:00:00.000Z' })), new Date('2026-01-01'));
    assert.equal(desiredAt(reading({ desired_at: 'soon' })), null);
    assert.equal(desiredAt(reading({ desired_at: 5 })), null);
  });
});

describe('gateway_state.json', () => {
  let home: TempHome;
  beforeEach(() => (home = tempHome()));
  afterEach(() => home.remove());
  const file = () => home.file('gateway_state.json');
  const content = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
  const aside = () => readdirSync(home.path).filter((name) => name.includes('.corrupt-'));

  it('is read without an exception whatever bytes it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 64 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          writeFileSync(file(), bytes);
          const state = readState(home.path);
          assert.ok(['running', 'stopped', null].includes(desiredState(state)));
          if (state.kind === 'unreadable') assert.equal(priorState(state), null);
        },
      ),
    );
  });

  it('counts as unreadable when it is binary, an array, nested without end, a directory or a link', () => {
    const cases: readonly (() => void)[] = [
      () => writeFileSync(file(), Buffer.from([0xff, 0xfe, 0x00])),
      () => writeFileSync(file(), '[]'),
      () => writeFileSync(file(), `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
      () => writeFileSync(file(), '{"gateway_state": "running"'),
      () => mkdirSync(file()),
      () => symlinkSync('/etc/hostname', file()),
    ];
    for (const make of cases) {
      rmSync(file(), { recursive: true, force: true });
      make();
      assert.equal(readState(home.path).kind, 'unreadable', make.toString());
    }
  });

  it('keeps every key that a change does not name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), async (others) => {
        const kept = JSON.parse(JSON.stringify(others)) as Record<string, unknown>;
        writeFileSync(file(), JSON.stringify({ ...kept, 'our pid': 1, 'our word': true }));
        await changeState(home.path, { 'our pid': 2, 'our word': undefined }, { durable: false });
        assert.deepEqual(content(), { ...kept, 'our pid': 2 });
      }),
      { numRuns: 25 },
    );
  });

  it('is kept aside when it does not parse, and a new one is begun', async () => {
    writeFileSync(file(), '{"gateway_state": "runn');
    const kept = await changeState(home.path, { pid: 2 });
    assert.deepEqual(content(), { pid: 2 });
    assert.equal(aside().length, 1);
    assert.equal(kept, home.file(aside().join()));
    assert.equal(readFileSync(home.file(aside().join()), 'utf8'), '{"gateway_state": "runn');
  });

  it('is kept aside when it is too large or no file, too', async () => {
    writeFileSync(file(), 'a'.repeat(3_000_000));
    await changeState(home.path, { pid: 2 });
    assert.deepEqual(content(), { pid: 2 });
    rmSync(file());
    mkdirSync(file());
    await changeState(home.path, { pid: 3 });
    assert.deepEqual(content(), { pid: 3 });
    assert.equal(aside().length, 2);
  });

  it('is not written through a link', async () => {
    home.write({ elsewhere: '{}' });
    symlinkSync(home.file('elsewhere'), file());
    await assert.rejects(changeState(home.path, { pid: 2 }), {
      code: 'FILE_UNREADABLE',
      hint: `Take the link away: mv '${file()}' '${file()}.link'`,
    });
    assert.equal(readFileSync(home.file('elsewhere'), 'utf8'), '{}');
  });

  it('gets the operator’s desire, and the former one back when that is undone', async () => {
    const wish = { by: 'ann', reason: null, at: new Date('2026-01-02') };
    await setDesired(home.path, { ...wish, desired: 'running' });
    const before = content();
    const { undo } = await setDesired(home.path, { ...wish, desired: 'stopped', at: new Date('2026-01-03') });
    assert.equal(content()['desired_state'], 'stopped');
    await undo();
    assert.deepEqual(content(), before);
  });

  it('keeps a desire that somebody else expressed before the undo', async () => {
    const wish = { by: 'ann', reason: null, at: new Date('2026-01-02') };
    const { undo } = await setDesired(home.path, { ...wish, desired: 'running' });
    await setDesired(home.path, { ...wish, desired: 'stopped', by: 'bob' });
    await undo();
    assert.equal(content()['desired_by'], 'bob');
    assert.equal(content()['desired_state'], 'stopped');
  });
});
