import { failureJson } from '../failure.ts';
import { type GatewayConfig, readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { bootLogPath, dotenvPath, journalPath, logDir, statePath } from '../profile/paths.ts';
import { configuredPort } from '../profile/port.ts';
import { assertProfile } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { baseEnvironment } from './base-environment.ts';
import { gatewayEnvironment } from './environment.ts';
import { siteManager } from './registry.ts';
import { readState, stateTrouble } from './state.ts';
import { type Wish, wishOf } from './wish.ts';

/** A variable that the gateway sees: its name and where its value comes from, never the value. */
export interface Variable {
  readonly name: string;
  readonly source: string;
}

/** The `gateway:` section with its defaults, keys as in JSON. */
export type ShownConfig = Pick<GatewayConfig, 'command' | 'notify' | 'mode'> & {
  readonly stop_timeout_s: number;
};

/** Everything about one profile that its files and its slot tell. */
export interface ProfileView {
  readonly name: ProfileName;
  readonly home: string;
  readonly port: number | null;
  /** Null: config.yaml cannot be used, `troubles` says why. */
  readonly config: ShownConfig | null;
  readonly variables: readonly Variable[];
  readonly wanted: Wish;
  /** The service directory; null: there is none. */
  readonly slot: string | null;
  readonly logs: { readonly gateway: string; readonly boot: string; readonly lifecycle: string };
  /** What could not be read, a sentence each. */
  readonly troubles: readonly string[];
}

/** Reads what there is to know of a profile; a broken file is among the troubles. Throws `Failure` (4) for an unknown one. */
export async function viewProfile(site: Site, name: ProfileName): Promise<ProfileView> {
  const { root } = site;
  assertProfile(root, name);
  const home = profileHome(root, name);
  const manager = siteManager(site);
  const troubles: string[] = [];
  const complain = (error: unknown): null => {
    troubles.push(failureJson(error).message);
    return null;
  };
  const config = await readConfig(home).catch(complain);
  const reading = readState(home);
  const odd = stateTrouble(reading);
  if (odd !== null) troubles.push(`${statePath(home)} cannot be taken at its word: ${odd}`);
  return {
    name,
    home,
    port: config === null ? null : await configuredPort(root, name),
    config: config === null ? null : shown(config),
    variables: variablesOf(site, name, home, complain),
    wanted: wishOf(reading),
    slot: manager.exists(serviceName(name)) ? manager.directory(serviceName(name)) : null,
    logs: { gateway: `${logDir(root, name)}/current`, boot: bootLogPath(root), lifecycle: journalPath(root) },
    troubles,
  };
}

function shown({ command, notify, mode, stopTimeoutS }: GatewayConfig): ShownConfig {
  return { command, notify, mode, stop_timeout_s: stopTimeoutS };
}

function variablesOf(
  site: Site,
  name: ProfileName,
  home: string,
  complain: (error: unknown) => null,
): Variable[] {
  const base = baseEnvironment(site);
  const own = new Set<string>();
  try {
    for (const variable of gatewayEnvironment(home, name).keys()) own.add(variable);
  } catch (error) {
    complain(error);
  }
  return [
    ...[...own].map((variable) => ({
      name: variable,
      source: isOurs(variable) ? 'hermes' : dotenvPath(home),
    })),
    ...[...base.variables.keys()]
      .sort()
      .filter((variable) => !own.has(variable))
      .map((variable) => ({ name: variable, source: base.source })),
  ];
}

const isOurs = (variable: string): boolean => variable.startsWith('HERMES_');
