import { desiredAt, desiredState, type StateReading } from './state.ts';

/** What is wanted of a gateway, and who said so; null where nobody did. */
export interface Wish {
  readonly state: 'up' | 'down' | null;
  /** ISO time. */
  readonly at: string | null;
  readonly by: string | null;
  readonly reason: string | null;
}

/** What a state file says of it. */
export function wishOf(reading: StateReading): Wish {
  const desired = desiredState(reading);
  const text = (key: string): string | null => {
    const value = reading.kind === 'state' ? reading.data[key] : null;
    return typeof value === 'string' ? value : null;
  };
  return {
    state: desired === null ? null : desired === 'running' ? 'up' : 'down',
    at: desiredAt(reading)?.toISOString() ?? null,
    by: text('desired_by'),
    reason: text('desired_reason'),
  };
}
