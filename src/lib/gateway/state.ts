import { isUtf8 } from 'node:buffer';
import { renameSync } from 'node:fs';
import { writeAtomic } from '../files/atomic-write.ts';
import { type Held, withLock } from '../files/lock.ts';
import { readRegularBytes } from '../files/read.ts';
import { Failure } from '../failure.ts';
import { stateLockPath, statePath } from '../profile/paths.ts';

/** What the gateway says about itself. */
export type GatewayState = 'starting' | 'running' | 'draining' | 'degraded' | 'stopped' | 'startup_failed';

/** What the operator wants. */
export type DesiredState = 'running' | 'stopped';

export type StateData = Readonly<Record<string, unknown>>;

/** What gateway_state.json holds; reading it never throws. */
export type StateReading =
  | { readonly kind: 'state'; readonly data: StateData }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      /** What to do where the next wish cannot simply replace the file; null: it can. */
      readonly hint: string | null;
    };

const deepest = 64;
/** Held for a moment each time; a machine under heavy load may make many moments of it. */
const lockLimitMs = 30_000;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

const unusable = (reason: string): StateReading => ({ kind: 'unreadable', reason, hint: null });

function parseState(bytes: Buffer | null): StateReading {
  if (bytes === null) return { kind: 'none' };
  if (!isUtf8(bytes)) return unusable('it is not UTF-8 text');
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch {
    return unusable('it is not JSON');
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return unusable('it is not a JSON object');
  if (isDeeper(data, deepest)) return unusable(`it is nested deeper than ${deepest} levels`);
  return { kind: 'state', data: data as StateData };
}

/** Reads a home's gateway_state.json; whatever is wrong with the file is the reason of `unreadable`. */
export function readState(home: string): StateReading {
  const path = statePath(home);
  try {
    return parseState(readRegularBytes(path));
  } catch (error) {
    if (!(error instanceof Failure)) return unusable(String(error));
    return {
      kind: 'unreadable',
      reason: `it ${error.message.slice(path.length + 1)}`,
      hint: error.hint ?? null,
    };
  }
}

/** The word that decides at boot, as it stands in the file: the desired state, else the gateway's own; null: neither. */
export function priorState(reading: StateReading): string | null {
  if (reading.kind !== 'state') return null;
  const { desired_state: desired, gateway_state: actual } = reading.data;
  if (typeof desired === 'string') return desired;
  return typeof actual === 'string' ? actual : null;
}

/** Why a home's state cannot be taken at its word (unreadable, or a state that is no string); null: it can. */
export function stateTrouble(reading: StateReading): string | null {
  if (reading.kind === 'unreadable') return reading.reason;
  if (reading.kind === 'none' || priorState(reading) !== null) return null;
  const odd = ['desired_state', 'gateway_state'].find((key) => (reading.data[key] ?? null) !== null);
  return odd === undefined ? null : `${odd} is not a string`;
}

/** What is wanted of a gateway: the desired state, else what it last said of itself, where draining and degraded mean running. */
export function desiredState(reading: StateReading): DesiredState | null {
  if (reading.kind !== 'state') return null;
  const word = priorState(reading);
  if (word === 'running' || word === 'stopped') return word;
  const saidByGateway = typeof reading.data.desired_state !== 'string';
  return saidByGateway && (word === 'draining' || word === 'degraded') ? 'running' : null;
}

/** When the operator last said what is wanted; null when that is not known. */
export function desiredAt(reading: StateReading): Date | null {
  const text = reading.kind === 'state' ? reading.data.desired_at : undefined;
  if (typeof text !== 'string') return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** When the operator last said that a process which ran is to end and another one to come; null: the last word was another. */
export function restartedAt(reading: StateReading): Date | null {
  const isRestart = reading.kind === 'state' && typeof reading.data['desired_ends_pid'] === 'number';
  return isRestart ? desiredAt(reading) : null;
}

function keepAside(home: string, at: Date): string {
  const aside = `${statePath(home)}.corrupt-${at.toISOString().replaceAll(':', '')}`;
  renameSync(statePath(home), aside);
  return aside;
}

/** Keys to set; undefined removes the key. */
export type StateChange = Readonly<Record<string, unknown>>;

/**
 * Changes keys of gateway_state.json under its lock, keeping all others, and says where a file that did not parse was
 * kept (null: it parsed). Throws `Failure`: 75 when the lock stays taken, 1 or 77 when the file cannot be replaced.
 */
export async function changeState(
  home: string,
  change: StateChange | ((data: StateData) => StateChange),
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<string | null> {
  return await withLock(stateLockPath(home), { timeoutMs: lockLimitMs }, () =>
    changeLocked(home, change, durable),
  );
}

function changeLocked(
  home: string,
  change: StateChange | ((data: StateData) => StateChange),
  durable: boolean,
): string | null {
  const reading = readState(home);
  if (reading.kind === 'unreadable' && reading.hint !== null) readRegularBytes(statePath(home));
  const data = reading.kind === 'state' ? reading.data : {};
  const aside = reading.kind === 'unreadable' ? keepAside(home, new Date()) : null;
  const next = { ...data, ...(typeof change === 'function' ? change(data) : change) };
  writeAtomic(statePath(home), `${JSON.stringify(next, null, 2)}\n`, { mode: 0o644, durable });
  return aside;
}

export interface Desire {
  readonly desired: DesiredState;
  /** Who wants it. */
  readonly by: string;
  readonly reason: string | null;
  readonly at: Date;
  /** The process that a restart is to end; its death is then nobody's but the operator's. */
  readonly endsPid?: number | null;
}

/** The keys that say what is wanted, as they are; undefined where there is none. */
export function wishKeys(reading: StateReading): StateChange {
  const data: StateData = reading.kind === 'state' ? reading.data : {};
  const { desired_state, desired_at, desired_by, desired_reason, desired_ends_pid } = data;
  return { desired_state, desired_at, desired_by, desired_reason, desired_ends_pid };
}

export interface DesireChange {
  /** Where a state file that did not parse was kept. */
  readonly keptAside: string | null;
  /** Puts the former desire back, unless somebody has wanted something else meanwhile. */
  readonly undo: () => Promise<void>;
}

/** Makes what the operator wants durable, under `held`, the lock of the state file, where the caller has it; throws `Failure` with nothing changed. */
export async function setDesired(
  home: string,
  { desired, by, reason, at, endsPid = null }: Desire,
  held: Held | null = null,
): Promise<DesireChange> {
  const ours = {
    desired_state: desired,
    desired_at: at.toISOString(),
    desired_by: by,
    desired_reason: reason,
    desired_ends_pid: endsPid ?? undefined,
  };
  const former: Record<string, unknown> = {};
  const change = (data: StateData): StateChange => {
    for (const key of Object.keys(ours)) former[key] = data[key];
    return ours;
  };
  const keptAside = await (held === null ? changeState(home, change) : changeLocked(home, change, true));
  const isOurs = (data: StateData): boolean =>
    data.desired_at === ours.desired_at && data.desired_state === desired && data.desired_by === by;
  return {
    keptAside,
    undo: async () => {
      await changeState(home, (data) => (isOurs(data) ? former : {}));
    },
  };
}
