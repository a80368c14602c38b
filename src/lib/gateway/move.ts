import type { ServiceStatus } from '../s6/status.ts';

/** What s6 is told to bring a gateway up, and the events after which it is decided whether it is. */
export interface Move {
  readonly flags: string | null;
  readonly until: string | null;
  /** Only another process than the one seen before counts as up. */
  readonly anew: boolean;
}

export interface Circumstances {
  readonly restart: boolean;
  /** Whether somebody will tell s6 that the gateway is ready. */
  readonly saysReady: boolean;
  /** Whether the gateway only waits out the crash guard's pause. */
  readonly pausing: boolean;
}

/**
 * From what s6 says now to a gateway that is up. `-d` before `U`, in one write, is a restart whose process is killed
 * after its timeout-kill, which s6-svc -r is not.
 */
export function raise(status: ServiceStatus, { restart, saysReady, pausing }: Circumstances): Move {
  const fresh = saysReady ? 'u(U|d.*[DO])' : 'u';
  if (!status.up && !status.wantedUp) return { flags: '-U', until: fresh, anew: true };
  // s6 lets a second pass between two starts of a service that it keeps up, and none before one that it is told of.
  if (status.up && status.upDownForS < 1 && (restart || pausing))
    return { flags: '-d -U', until: fresh, anew: true };
  // Wanted and down: s6 may start it at any moment, before we listen; a fresh start is heard for certain.
  if (!status.up || restart || !status.wantedUp || pausing) return { flags: '-dU', until: fresh, anew: true };
  const flags = status.normallyUp ? null : '-U';
  if (status.ready || !saysReady) return { flags, until: null, anew: false };
  return { flags, until: 'U|d.*[DO]', anew: false };
}
