/** What s6 says about one supervised service right now. */
export interface ServiceStatus {
  readonly up: boolean;
  /** Whether its supervisor tries to keep it up. */
  readonly wantedUp: boolean;
  /** Whether it starts by itself with its supervisor (no `down` file). */
  readonly normallyUp: boolean;
  /** Has said so; of a service that is down: its `finish` has ended and it may be started again. */
  readonly ready: boolean;
  readonly pid: number | null;
  /** Of its last run; null after a signal. Before the first run s6 2.11 says 0 and later ones nothing. */
  readonly exitCode: number | null;
  /** The signal that ended its last run, e.g. `SIGTERM`. */
  readonly signal: string | null;
  readonly upDownForS: number;
  readonly readyForS: number;
}

/** The fields asked for, in order: all of them exist in 2.11, and one that is unknown would fail the whole call. */
export const svstatFields = 'up,wantedup,normallyup,ready,pid,exitcode,signal,updownfor,readyfor';

const flag = '(true|false)';
const line = new RegExp(`^${flag} ${flag} ${flag} ${flag} (-?\\d+) (-?\\d+) (\\S+) (\\d+) (\\d+)$`, 'm');

/** Reads the line that `s6-svstat -o` prints for `svstatFields`; null when there is no such line in the text. */
export function parseSvstat(text: string): ServiceStatus | null {
  const match = line.exec(text);
  if (match === null) return null;
  const [, up, wantedUp, normallyUp, ready, pid, exitCode, signal, upDownForS, readyForS] = match;
  return {
    up: up === 'true',
    wantedUp: wantedUp === 'true',
    normallyUp: normallyUp === 'true',
    ready: ready === 'true',
    pid: Number(pid) > 1 ? Number(pid) : null,
    exitCode: Number(exitCode) >= 0 ? Number(exitCode) : null,
    signal: signal === undefined || signal === 'NA' ? null : signal,
    upDownForS: Number(upDownForS),
    readyForS: Number(readyForS),
  };
}
