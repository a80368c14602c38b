import { Failure, type ExitCode, type FailureDetails } from '../failure.ts';

/** Anything that went wrong between us and s6. */
export class S6Error extends Failure {
  /** The service (directory name in the scandir) that it is about; null when it is the scandir itself. */
  readonly service: string | null;

  constructor(message: string, service: string | null, details: FailureDetails) {
    super(message, details);
    this.service = service;
  }
}

/** The gateway has no slot in the scandir; raised before any s6 program runs. */
export class GatewayNotRegisteredError extends S6Error {
  readonly profile: string;

  /** `nearest` is the existing name that was probably meant; a reserved name cannot be created. */
  constructor(profile: string, nearest: string | null = null, isReserved = false) {
    const way = isReserved
      ? 'the name is reserved;'
      : `create it with "hermes profile create ${profile}", or`;
    super(`no such gateway '${profile}': ${way} pick one with -p`, `gateway-${profile}`, {
      code: 'GATEWAY_NOT_REGISTERED',
      exit: 4,
      hint: nearest === null ? undefined : `Did you mean "${nearest}"?`,
    });
    this.profile = profile;
  }
}

export type S6CommandCode = 'S6_FAILED' | 'S6_TIMEOUT' | 'S6_MISSING' | 'S6_DENIED' | 'S6_NOT_SUPERVISED';

const exits: Readonly<Record<S6CommandCode, ExitCode>> = {
  S6_FAILED: 1,
  S6_TIMEOUT: 75,
  S6_MISSING: 69,
  S6_DENIED: 77,
  S6_NOT_SUPERVISED: 4,
};

const hints: Readonly<Record<S6CommandCode, string | undefined>> = {
  S6_FAILED: undefined,
  S6_TIMEOUT: 'It may still get there: look again with "hermes gateway status".',
  S6_MISSING: 'Install s6 ("apt-get install s6 execline"), or say where it is with HERMES_S6_BIN_DIR.',
  S6_DENIED:
    'Run it as the user that owns the scandir and its slots (in our image: the runtime user), or as root.',
  S6_NOT_SUPERVISED: 'Rebuild the slots with "hermes boot reconcile".',
};

const what: Readonly<Record<S6CommandCode, string>> = {
  S6_FAILED: 'failed',
  S6_TIMEOUT: 'did not answer in time',
  S6_MISSING: 'could not run: the program is not there',
  S6_DENIED: 'was denied',
  S6_NOT_SUPERVISED: 'found no supervisor',
};

export interface S6CommandDetails {
  readonly code: S6CommandCode;
  readonly service: string | null;
  /** What was attempted, in the words of an operator: `s6-svc -U`, `rename`, ... */
  readonly action: string;
  /** The exit code of the program; null when none ran to its end. */
  readonly returncode: number | null;
  readonly stderr: string;
}

/** An s6 program (or a step on a service directory) that did not do its work; `code` says in which way. */
export class S6CommandError extends S6Error {
  readonly action: string;
  readonly returncode: number | null;
  readonly stderr: string;

  constructor({ code, service, action, returncode, stderr }: S6CommandDetails) {
    const cause = stderr.trim().split('\n').at(-1) ?? '';
    const facts = [returncode === null ? '' : `exit ${returncode}`, cause]
      .filter((fact) => fact !== '')
      .join(': ');
    const thing = service === null ? action : `${action} on ${service}`;
    super(`${thing} ${what[code]}${facts === '' ? '' : ` (${facts})`}`, service, {
      code,
      exit: exits[code],
      hint: hints[code],
      retryable: code === 'S6_TIMEOUT',
    });
    this.action = action;
    this.returncode = returncode;
    this.stderr = stderr;
  }
}
