import { existsSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { defaultConfig, type GatewayConfig, readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { profileExists } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { assertUsableEnvironment } from './environment.ts';
import { echoPort } from './port.ts';
import { siteManager, unknownGateway } from './registry.ts';
import type { TransitionOptions, Verb } from './transition.ts';

/** One request for one gateway, found possible before anything was touched. */
export interface Job {
  readonly verb: Verb;
  readonly profile: ProfileName;
  readonly service: string;
  readonly home: string;
  /** false: only its slot is left of the profile. */
  readonly hasHome: boolean;
  readonly config: GatewayConfig;
  readonly askedAt: Date;
  /** On the clock of performance.now(), in ms. */
  readonly begunMs: number;
  readonly deadlineMs: number;
}

const startLimitMs = 30_000;
const beyondGraceMs = 5_000;

/** Throws a Failure: 4 for a profile that does not exist, 69 without a service manager, 78 for a config or `.env` that cannot work. */
export async function prepare(
  site: Site,
  verb: Verb,
  profile: ProfileName,
  options: TransitionOptions,
): Promise<Job> {
  assertManaged(site);
  const begunMs = performance.now();
  const home = profileHome(site.root, profile);
  const service = serviceName(profile);
  const known = profileExists(site.root, profile);
  if (!known && (verb !== 'stop' || !siteManager(site).exists(service))) throw unknownGateway(site, profile);
  // A broken config is no reason to let a gateway run on.
  const config = verb === 'stop' ? await readConfig(home).catch(() => defaultConfig) : await readConfig(home);
  if (verb !== 'stop') {
    if (config.command === null) echoPort(profile, config);
    assertUsableEnvironment(home, profile);
  }
  const limitMs = options.timeoutMs ?? defaultLimitMs(verb, config.stopTimeoutS * 1000);
  return {
    verb,
    profile,
    service,
    home,
    hasHome: existsSync(home),
    config,
    askedAt: site.now(),
    begunMs,
    deadlineMs: begunMs + limitMs,
  };
}

function defaultLimitMs(verb: Verb, graceMs: number): number {
  switch (verb) {
    case 'start':
      return startLimitMs;
    case 'stop':
      return graceMs + beyondGraceMs;
    case 'restart':
      return graceMs + startLimitMs;
  }
}

/** Throws a Failure (69) with the evidence where no service manager serves. */
export function assertManaged({ detection }: Site): void {
  if (detection.kind === 'none')
    throw new Failure(`no service manager serves here: ${detection.evidence}`, {
      code: 'NO_SERVICE_MANAGER',
      exit: 69,
      hint: detection.hint,
    });
}

/** How long a job may still wait, in ms; at least one, because 0 means for ever to s6. */
export function leftMs({ deadlineMs }: Job): number {
  return Math.max(1, Math.round(deadlineMs - performance.now()));
}
