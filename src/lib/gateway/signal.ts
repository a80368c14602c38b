import { Failure } from '../failure.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import { type Done, type Errand, runErrands } from './errand.ts';
import { siteManager } from './registry.ts';
import type { GatewayStatus } from './status.ts';
import type { ForwardedSignal } from './workload.ts';

/** The signals that a gateway takes, and the flag of s6-svc(1) for each. */
const flags: Readonly<Record<ForwardedSignal, string>> = {
  SIGHUP: '-h',
  SIGQUIT: '-q',
  SIGUSR1: '-1',
  SIGUSR2: '-2',
  SIGWINCH: '-y',
};

const ending: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGKILL']);

/** The signal that `text` spells (`HUP`, `sighup`); throws a Failure (2) for one that gateways do not take. */
export function parseSignal(text: string, profile: ProfileName): ForwardedSignal {
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  if (isForwarded(name)) return name;
  const taken = Object.keys(flags).map((signal) => signal.slice(3));
  throw ending.has(name)
    ? new Failure(`${name} would end ${profile} behind the back of what is wanted of it`, {
        code: 'SIGNAL_REFUSED',
        exit: 2,
        hint: `"hermes gateway stop ${profile}" ends it for good, by force when it must; "hermes gateway restart ${profile}" ends it and starts it again.`,
      })
    : new Failure(`${JSON.stringify(text)} is no signal that gateways take`, {
        code: 'USAGE',
        exit: 2,
        hint: `They take ${taken.join(', ')}.`,
      });
}

function isForwarded(name: string): name is ForwardedSignal {
  return Object.hasOwn(flags, name);
}

/** Throws a Failure (1, 4) unless the gateway runs and can take a signal: one that starts or ends would die of it. */
export function assertRunning({ profile, state, pid }: GatewayStatus): number {
  if ((state === 'ready' || state === 'up') && pid !== null) return pid;
  const isUnsupervised = state === 'unsupervised';
  const isPassing = state === 'starting' || state === 'stopping';
  throw new Failure(`${profile} is ${state === 'backoff' ? 'in backoff' : state}: it takes no signal`, {
    code: isUnsupervised ? 'S6_NOT_SUPERVISED' : 'NOT_RUNNING',
    exit: isUnsupervised ? 4 : 1,
    hint: isPassing
      ? `"hermes gateway wait ${profile} --for ready" tells when it does.`
      : `"hermes gateway ${isUnsupervised ? 'restart' : 'start'} ${profile}" brings it up with the configuration as it is now.`,
    retryable: isPassing,
  });
}

/** Tells s6 to send the signal; it does so after this. */
export function sendSignal(site: Site, profile: ProfileName, signal: ForwardedSignal): Promise<void> {
  return siteManager(site).send(serviceName(profile), [flags[signal]]);
}

export interface Signalled extends Done {
  readonly outcome: 'sent';
  readonly pid: number;
}

/** Has s6 send a signal to a gateway that runs. */
export function signalGateway(
  site: Site,
  profile: ProfileName,
  signal: ForwardedSignal,
  reason: string | null,
): Promise<Errand<Signalled>[]> {
  return runErrands(site, { action: `signal ${signal}`, reason }, [profile], async (seen) => {
    const pid = assertRunning(seen);
    await sendSignal(site, profile, signal);
    return { outcome: 'sent', pid };
  });
}
