import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExitCode, type Failure, messageOf } from '../failure.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { profileExists } from '../profile/store.ts';
import { GatewayNotRegisteredError } from '../s6/errors.ts';
import type { ServiceStatus } from '../s6/status.ts';
import type { Site } from '../site.ts';
import { nextTry } from './crash-guard.ts';
import { driftOf } from './drift.ts';
import { assertManaged } from './job.ts';
import { siteManager, unknownGateway } from './registry.ts';
import { look, type Sight } from './sight.ts';
import { desiredAt, desiredState, readState, type StateReading } from './state.ts';

export type StateWord =
  'ready' | 'up' | 'starting' | 'stopping' | 'backoff' | 'failed' | 'down' | 'unsupervised' | 'missing';

/** One gateway as `gateway status --json` shows it; ISO times. */
export interface GatewayStatus {
  readonly profile: ProfileName;
  readonly wanted: 'up' | 'down' | null;
  readonly state: StateWord;
  readonly ready: boolean;
  readonly pid: number | null;
  /** Since when it is up, or down. */
  readonly since: string | null;
  readonly ready_since: string | null;
  /** Deaths since the operator's last command that nobody asked for. */
  readonly deaths: number;
  readonly last_exit: { readonly code: number | null; readonly signal: string | null } | null;
  /** How wanted and actual differ, in words; null: they do not. */
  readonly drift: string | null;
  /** When a gateway in backoff is tried again. */
  readonly next_try: string | null;
  /** The first of `deaths`. */
  readonly first_death: string | null;
}

/** What decides about one gateway's state word, all read at one moment. */
export interface Facts {
  readonly hasSlot: boolean;
  readonly sight: Sight;
  readonly reading: StateReading;
  /** Whether somebody will tell s6 that it is ready. */
  readonly saysReady: boolean;
  /** What is wrong with the configuration of one that left with 78, as it is now; null: nothing that can be seen. */
  readonly configTrouble: string | null;
  readonly now: Date;
}

/** The state of gateways, and why that of others cannot be told. */
export interface Statuses {
  readonly gateways: readonly GatewayStatus[];
  /** 4 for a profile that does not exist, 77 where s6 denied us the answer. */
  readonly failures: readonly { readonly profile: ProfileName; readonly error: Failure }[];
}

/** The state of gateways, asked of s6 in one process for all, each with its own answer or failure. Throws a Failure: 69, 77. */
async function statuses(site: Site, profiles: readonly ProfileName[]): Promise<Statuses> {
  assertManaged(site);
  const manager = siteManager(site);
  const targets = profiles.map((profile) => {
    const service = serviceName(profile);
    const hasSlot = manager.exists(service);
    const isThere = hasSlot || profileExists(site.root, profile);
    return { profile, service, hasSlot, isThere, home: profileHome(site.root, profile) };
  });
  const seen = await look(
    manager,
    targets.filter(({ isThere }) => isThere),
  );
  const answers = targets.map(async ({ profile, service, hasSlot, isThere, home }) => {
    const sight = seen(service);
    const error = isThere ? sight.error : unknownGateway(site, profile);
    if (error !== null) return { profile, error };
    const saysReady = existsSync(join(manager.directory(service), 'notification-fd'));
    const gaveUp = sight.status?.up === false && sight.status.exitCode === 78;
    const configTrouble = gaveUp ? await troubleWith(home) : null;
    const facts = { hasSlot, sight, reading: readState(home), saysReady, configTrouble, now: site.now() };
    return statusOf(profile, facts);
  });
  const told = await Promise.all(answers);
  return {
    gateways: told.flatMap((one) => ('error' in one ? [] : [one])),
    failures: told.flatMap((one) => ('error' in one ? [one] : [])),
  };
}

/** The state of gateways. Throws the first Failure: 4 for an unknown profile, 69, 77. */
export async function gatewayStatus(
  site: Site,
  profiles: readonly ProfileName[],
): Promise<readonly GatewayStatus[]> {
  return assertAll(await statuses(site, profiles));
}

/** All of them; throws the Failure of the first that has one. */
export function assertAll({ gateways, failures: [failure] }: Statuses): readonly GatewayStatus[] {
  if (failure !== undefined) throw failure.error;
  return gateways;
}

/** The state of those that `select` gives, without what is deleted while it is asked about. Throws a Failure: 69, 77. */
export async function selectedStatus(site: Site, select: () => readonly ProfileName[]): Promise<Statuses> {
  const { gateways, failures } = await statuses(site, select());
  const isDeleted = (profile: string): boolean => !select().some((name) => name === profile);
  return {
    gateways: gateways.filter(({ profile, since }) => since !== null || !isDeleted(profile)),
    failures: failures.filter(
      ({ profile, error }) => !(error instanceof GatewayNotRegisteredError) || !isDeleted(profile),
    ),
  };
}

/** Why the configuration of a home cannot work, with the line; null: by itself it can. */
async function troubleWith(home: string): Promise<string | null> {
  const { readConfig } = await import('../profile/config.ts');
  return readConfig(home).then(
    () => null,
    (error: unknown) => messageOf(error),
  );
}

/** The status that facts amount to. */
export function statusOf(profile: ProfileName, facts: Facts): GatewayStatus {
  const { sight, reading, now } = facts;
  const { status, orphan, lastDeath } = sight;
  const desired = desiredState(reading);
  const since = desiredAt(reading);
  const sinceAsked = sight.deaths.filter((death) => since === null || death >= since);
  // What ends after an order to stop ends because of it.
  const deaths = desired === 'stopped' ? [] : sinceAsked;
  const next = nextTry(sight.deaths, since, now);
  const state = stateWord(facts, next, sinceAsked.length > 0);
  const pid = status?.pid ?? orphan;
  const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
  const view = {
    profile,
    wanted: desired === null ? null : desired === 'running' ? ('up' as const) : ('down' as const),
    state,
    ready: state === 'ready',
    pid: pid ?? null,
    since: status === null ? null : ago(status.upDownForS),
    ready_since: state === 'ready' && status !== null ? ago(status.readyForS) : null,
    deaths: deaths.length,
    last_exit: lastDeath === null ? null : { code: lastDeath.exitCode, signal: lastDeath.signal },
    first_death: deaths[0]?.toISOString() ?? null,
    next_try: state === 'backoff' && next !== null ? next.toISOString() : null,
  };
  return { ...view, drift: driftOf(view, facts) };
}

function stateWord({ hasSlot, sight, saysReady }: Facts, next: Date | null, hasDied: boolean): StateWord {
  if (sight.orphan !== null) return 'unsupervised';
  if (!hasSlot) return 'missing';
  if (sight.status === null) return 'unsupervised';
  return sight.status.up ? upWord(sight.status, saysReady, next) : downWord(sight.status, hasDied);
}

function upWord(status: ServiceStatus, saysReady: boolean, next: Date | null): StateWord {
  if (!status.wantedUp) return 'stopping';
  if (status.ready) return 'ready';
  if (next !== null) return 'backoff';
  return saysReady ? 'starting' : 'up';
}

function downWord(status: ServiceStatus, hasDied: boolean): StateWord {
  if (status.wantedUp) return hasDied ? 'backoff' : 'starting';
  // An operator's stop leaves a `down` file; 125 from finish, which answers 78, does not.
  return status.normallyUp && status.exitCode === 78 ? 'failed' : 'down';
}

/** The exit code of `gateway status` for one gateway (contract, section 7). */
export function statusExit({ state, drift, since }: GatewayStatus): ExitCode {
  if (state === 'missing' || (state === 'unsupervised' && since === null)) return 4;
  if (drift !== null) return 1;
  return state === 'ready' || state === 'up' ? 0 : 3;
}
