import { createHash } from 'node:crypto';
import { profileHome, type RootHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { configPath, dotenvPath } from '../profile/paths.ts';
import { configuredPort, freePortBeside } from '../profile/port.ts';
import { listProfiles } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { type BaseEnvironment, baseEnvironment } from './base-environment.ts';
import { gatewayEnvironment } from './environment.ts';

/** Something that two gateways would use at once. */
export interface Collision {
  readonly kind: 'port' | 'token' | 'inherited';
  readonly profiles: readonly ProfileName[];
  /** What is shared, as a sentence without its full stop; never a value. */
  readonly what: string;
  readonly evidence: string;
  /** One command that ends it. */
  readonly fix: string;
  /** Whether it is often meant so: an API key serves many, a bot's token serves one. */
  readonly tolerable: boolean;
}

/** What one profile's files ask for; a file that cannot be read asks for nothing. */
export interface Claims {
  readonly profile: ProfileName;
  readonly home: string;
  readonly port: number | null;
  /** Of its `.env`. */
  readonly variables: ReadonlyMap<string, string>;
}

interface Use {
  readonly claims: Claims;
  readonly name: string;
  readonly inherited: boolean;
}

const secretName = /_(TOKEN|KEY|SECRET)$/;

/** Reads what profiles ask for. */
export function readClaims(root: RootHome, profiles: readonly ProfileName[]): Promise<Claims[]> {
  return Promise.all(
    profiles.map(async (profile) => {
      const home = profileHome(root, profile);
      const port = await configuredPort(root, profile).catch(() => null);
      return { profile, home, port, variables: variablesOf(home, profile) };
    }),
  );
}

function variablesOf(home: string, profile: ProfileName): Map<string, string> {
  try {
    return new Map([...gatewayEnvironment(home, profile)].filter(([name]) => !name.startsWith('HERMES_')));
  } catch {
    return new Map();
  }
}

/** Tells two values apart without showing either. */
export function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8);
}

/** Everything that two of these profiles would use at once. */
export async function collisions(all: readonly Claims[], base: BaseEnvironment): Promise<Collision[]> {
  return [...(await portCollisions(all)), ...tokenCollisions(all, base)];
}

/** What these profiles would use at once with others; never fails, for it must not be in the way of a start. */
export async function preflight(site: Site, profiles: readonly ProfileName[]): Promise<Collision[]> {
  try {
    const claims = await readClaims(site.root, listProfiles(site.root));
    const found = await collisions(claims, baseEnvironment(site));
    return found.filter((collision) => collision.profiles.some((profile) => profiles.includes(profile)));
  } catch {
    return [];
  }
}

/** A collision as one line for an operator. */
export function collisionSentence({ what, evidence, fix }: Collision): string {
  return `${what} (${evidence}); to end that: ${fix}`;
}

async function portCollisions(all: readonly Claims[]): Promise<Collision[]> {
  const ports = new Set(all.flatMap(({ port }) => port ?? []));
  const found: Collision[] = [];
  for (const [port, sharers] of grouped(all, ({ port }) => port)) {
    const last = sharers.at(-1);
    if (last === undefined || port === null || sharers.length < 2) continue;
    const free = await freePortBeside(ports);
    found.push({
      kind: 'port',
      profiles: sharers.map(({ profile }) => profile),
      what: `${listed(sharers)} have the same port ${port}`,
      evidence: sharers.map(({ home }) => configPath(home)).join(', '),
      fix: `sed -i 's/port: *${port}\\b/port: ${free}/' ${configPath(last.home)} && hermes gateway restart ${last.profile}`,
      tolerable: false,
    });
    ports.add(free);
  }
  return found;
}

function tokenCollisions(all: readonly Claims[], base: BaseEnvironment): Collision[] {
  const values = new Map<string, Use[]>();
  const use = (value: string, by: Use): void => {
    const uses = values.get(value);
    if (uses === undefined) values.set(value, [by]);
    else uses.push(by);
  };
  const inheritable = secrets(base.variables);
  for (const claims of all) {
    for (const [name, value] of inheritable)
      if (!claims.variables.has(name)) use(value, { claims, name, inherited: true });
    for (const [name, value] of secrets(claims.variables)) use(value, { claims, name, inherited: false });
  }
  return [...values].flatMap(([value, uses]) => tokenCollision(value, uses, base.source));
}

function secrets(variables: ReadonlyMap<string, string>): [string, string][] {
  return [...variables].filter(([name, value]) => secretName.test(name) && value !== '');
}

function tokenCollision(value: string, uses: readonly Use[], source: string): Collision[] {
  const sharers = [...new Set(uses.map(({ claims }) => claims))];
  const last = uses.at(-1);
  if (last === undefined || sharers.length < 2) return [];
  const names = [...new Set(uses.map(({ name }) => name))];
  const inherited = uses.some((use) => use.inherited);
  const file = dotenvPath(last.claims.home);
  const own = `${last.name}=ANOTHER`;
  const edit = last.inherited ? `echo '${own}' >>${file}` : `sed -i 's/^${last.name}=.*/${own}/' ${file}`;
  const sources = uses.map(
    ({ claims, inherited: from }) => `${claims.profile} from ${from ? source : dotenvPath(claims.home)}`,
  );
  return [
    {
      kind: inherited ? 'inherited' : 'token',
      profiles: sharers.map(({ profile }) => profile),
      what: `${listed(sharers)} have the same ${names.join(' and ')}`,
      evidence: `fingerprint ${fingerprint(value)}: ${sources.join(', ')}`,
      fix: `${edit} && hermes gateway restart ${last.claims.profile}`,
      tolerable: inherited || names.every((name) => name.endsWith('_KEY')),
    },
  ];
}

function grouped<Key>(all: readonly Claims[], keyOf: (claims: Claims) => Key): Map<Key, Claims[]> {
  const groups = new Map<Key, Claims[]>();
  for (const claims of all) groups.set(keyOf(claims), [...(groups.get(keyOf(claims)) ?? []), claims]);
  return groups;
}

function listed(sharers: readonly Claims[]): string {
  const names = sharers.map(({ profile }) => profile);
  return [names.slice(0, -1).join(', '), names.at(-1)].join(' and ');
}
