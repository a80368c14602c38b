import { rmSync } from 'node:fs';
import { writeAtomic } from '../files/atomic-write.ts';
import { readRegular } from '../files/read.ts';
import { markerPath } from '../profile/paths.ts';

/** How long a marker means anything. */
const validMs = 60_000;

interface Marker {
  readonly target_pid: number;
  readonly target_start_time: number | null;
  readonly stopper_pid: number;
  readonly written_at: string;
}

export interface PlannedStop {
  /** The process that s6 supervises and that is about to get SIGTERM. */
  readonly targetPid: number;
  readonly targetStartTime: number | null;
  readonly stopperPid: number;
  readonly now: Date;
}

/** Tells the gateway of `home` that the SIGTERM to come is meant to keep it down. Throws `Failure` when it cannot be written. */
export function writeMarker(home: string, stop: PlannedStop): void {
  const marker: Marker = {
    target_pid: stop.targetPid,
    target_start_time: stop.targetStartTime,
    stopper_pid: stop.stopperPid,
    written_at: stop.now.toISOString(),
  };
  // What was left there (by another user, as a link) says nothing about this stop.
  removeMarker(home);
  writeAtomic(markerPath(home), `${JSON.stringify(marker)}\n`, { mode: 0o600, durable: false });
}

/** Removes the marker, whoever it was for. */
export function removeMarker(home: string): void {
  rmSync(markerPath(home), { force: true, recursive: true });
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const { target_pid: pid, target_start_time: start, written_at: at } = value as Record<string, unknown>;
  return Number.isInteger(pid) && (start === null || Number.isInteger(start)) && typeof at === 'string';
}

function readMarker(home: string): Marker | 'none' | 'unreadable' {
  try {
    const text = readRegular(markerPath(home));
    if (text === null) return 'none';
    const value: unknown = JSON.parse(text);
    return isMarker(value) ? value : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function isFresh(marker: Marker, now: Date): boolean {
  return Math.abs(now.getTime() - Date.parse(marker.written_at)) <= validMs;
}

function discard(home: string): void {
  try {
    removeMarker(home);
  } catch {
    // It is worth nothing after 60 s, and a gateway that is leaving has better things to do.
  }
}

/**
 * Whether the SIGTERM that this process got was planned. Its own marker is used up by asking; one that is expired or
 * unreadable is removed; another process's live one is left alone.
 */
export function consumeMarker(
  home: string,
  self: { readonly pid: number; readonly startTime: number | null; readonly now: Date },
): boolean {
  const marker = readMarker(home);
  if (marker === 'none') return false;
  const live = marker !== 'unreadable' && isFresh(marker, self.now);
  const ours =
    live &&
    marker.target_pid === self.pid &&
    (marker.target_start_time === null || marker.target_start_time === self.startTime);
  if (ours || !live) discard(home);
  return ours;
}
