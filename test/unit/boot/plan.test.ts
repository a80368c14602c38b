import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type BootFacts,
  type Finding,
  plan,
  type ProfileFinding,
  type SeedOrigin,
} from '../../../src/lib/boot/plan.ts';
import { defaultConfig } from '../../../src/lib/profile/config.ts';
import { parseProfileName } from '../../../src/lib/profile/name.ts';

const coder = parseProfileName('coder');
const seeded = (origin: SeedOrigin): Partial<BootFacts> => ({ seeds: new Map([[coder, origin]]) });

function profile(facts: Partial<ProfileFinding> = {}): ProfileFinding {
  return {
    kind: 'profile',
    name: coder,
    home: '/home/profiles/coder',
    priorState: null,
    desired: null,
    hasState: false,
    hasSlot: false,
    config: defaultConfig,
    stale: [],
    troubles: [],
    ...facts,
  };
}

function planOf(finding: Finding, facts: Partial<BootFacts> = {}) {
  const none = { complete: true, slots: new Set<never>(), seeds: new Map(), unsupervised: null };
  const [step] = plan({ findings: [finding], ...none, ...facts }).steps;
  return step ?? assert.fail('one finding, one step');
}

const unreadable = { reason: 'state-unreadable', sentence: 'it is not JSON' } as const;
const stopped = { desired: 'stopped', priorState: 'stopped', hasState: true } as const;
const running = { desired: 'running', priorState: 'running', hasState: true } as const;

describe('The plan of a boot pass', () => {
  for (const [what, finding, facts, action, reason, down] of [
    ['starts what is wanted up', running, {}, 'started', null, false],
    ['leaves down what was stopped', stopped, {}, 'registered', null, true],
    ['leaves down what has no state', {}, {}, 'registered', null, true],
    [
      'leaves down a start that failed and nobody asked for',
      { priorState: 'startup_failed', hasState: true },
      {},
      'registered',
      null,
      true,
    ],
    [
      'leaves down what has an unreadable state, and says so',
      { hasState: true, troubles: [unreadable] },
      {},
      'registered',
      'state-unreadable',
      true,
    ],
    ['seeds a home without a state', {}, seeded('legacy-container-cmd'), 'started', null, false],
    ['seeds no home that has a state', stopped, seeded('legacy-container-cmd'), 'registered', null, true],
    [
      'seeds no home whose state is unreadable',
      { hasState: true, troubles: [unreadable] },
      seeded('bootstrap-variable'),
      'registered',
      'state-unreadable',
      true,
    ],
    [
      'keeps down what the command keeps out of supervision, whatever its state says',
      running,
      { unsupervised: coder },
      'registered',
      'no-supervise',
      true,
    ],
    [
      'seeds nothing that the command keeps out of supervision',
      {},
      { ...seeded('bootstrap-variable'), unsupervised: coder },
      'registered',
      'no-supervise',
      true,
    ],
  ] as const)
    it(what, () => {
      const step = planOf(profile(finding), facts);
      assert.deepEqual([step.action, step.reason, step.slot?.down], [action, reason, down]);
    });

  it('skips the reserved directory and fails the broken one, building neither', () => {
    const reserved = planOf({ kind: 'reserved', name: 'default' });
    assert.deepEqual([reserved.action, reserved.reason, reserved.slot], ['skipped', 'reserved', null]);
    const broken = planOf({ kind: 'broken', name: 'Bad Name', reason: 'bad-name' });
    assert.deepEqual([broken.action, broken.reason, broken.slot], ['failed', 'bad-name', null]);
  });

  it('retires the slots of profiles that are gone, but not of broken ones', () => {
    const gone = parseProfileName('gone');
    const broken: Finding = { kind: 'broken', name: 'coder', reason: 'EACCES' };
    const facts = { findings: [broken], slots: new Set([gone, coder]), seeds: new Map(), unsupervised: null };
    assert.deepEqual(plan({ ...facts, complete: true }).orphans, ['gone']);
    assert.deepEqual(
      plan({ ...facts, complete: false }).orphans,
      [],
      'nobody is gone from a volume half seen',
    );
  });

  it('never starts what is not wanted, and gives every finding exactly one step', () => {
    const word = fc.constantFrom('running', 'stopped', null);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.boolean(), fc.boolean())), (states) => {
        const findings = states.map(([desired, hasSlot, hasState], index) =>
          profile({ name: parseProfileName(`p${index}`), desired, hasSlot, hasState }),
        );
        const { steps } = plan({
          findings,
          complete: true,
          slots: new Set(),
          seeds: new Map(),
          unsupervised: null,
        });
        assert.deepEqual(
          steps.map(({ action }) => action === 'started'),
          states.map(([desired]) => desired === 'running'),
        );
        assert.ok(steps.every(({ action, slot }) => slot?.down === (action !== 'started')));
      }),
    );
  });
});
