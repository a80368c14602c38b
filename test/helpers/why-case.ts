import type { GatewayStatus, StateWord } from '../../src/lib/gateway/status.ts';
import type { Wish } from '../../src/lib/gateway/wish.ts';
import { parseProfileName } from '../../src/lib/profile/name.ts';
import type { Case } from '../../src/lib/why/case.ts';
import type { BootEvent, CommandEvent, DeathEvent } from '../../src/lib/why/event.ts';

const now = new Date('2026-11-21T03:00:00Z');
/** A moment before the one at which the case is looked at. */
export const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
/** The profile that the case is about. */
export const profile = parseProfileName('coder');

/** What s6 says; since ten minutes. */
export const status = (state: StateWord, more: Partial<GatewayStatus> = {}): GatewayStatus => ({
  profile,
  wanted: null,
  state,
  ready: state === 'ready',
  pid: null,
  since: minutesAgo(10).toISOString(),
  ready_since: null,
  deaths: 0,
  last_exit: null,
  drift: null,
  next_try: null,
  first_death: null,
  ...more,
});

/** What ops wanted, twenty minutes ago. */
export const wanted = (state: 'up' | 'down', reason: string | null = null): Wish => ({
  state,
  at: minutesAgo(20).toISOString(),
  by: 'ops',
  reason,
});

/** A command of ops in a container, so many minutes ago. */
export const command = (action: string, minutes: number): CommandEvent => ({
  kind: 'command',
  at: minutesAgo(minutes),
  entry: {
    at: minutesAgo(minutes).toISOString(),
    profile,
    action,
    actor: { user: 'ops', uid: 1000, via: 'docker exec' },
    reason: null,
    outcome: 'done',
    seconds: 0,
    pid: null,
    error: null,
  },
});

/** A boot pass, so many minutes ago. */
export const boot = (action: string, minutes: number, reason: string | null = null): BootEvent => ({
  kind: 'boot',
  at: minutesAgo(minutes),
  profile,
  priorState: 'running',
  action,
  reason,
});

/** An end that nobody asked for, with 3, so many minutes ago. */
export const death = (minutes: number, more: Partial<DeathEvent> = {}): DeathEvent => ({
  kind: 'death',
  at: minutesAgo(minutes),
  exitCode: 3,
  signal: null,
  asked: false,
  said: null,
  log: { file: '/log', from: now.toISOString(), to: now.toISOString() },
  lines: [],
  ...more,
});

/** A case in which nothing else is known. */
export const facts = (gateway: GatewayStatus, more: Partial<Case> = {}): Case => ({
  profile,
  status: gateway,
  wish: { state: null, at: null, by: null, reason: null },
  exitReason: null,
  stateTrouble: null,
  stateHint: null,
  events: [],
  memory: { here: null, machine: null },
  collision: null,
  now,
  ...more,
});
