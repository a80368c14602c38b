import { Failure } from '../failure.ts';
import { readConfig } from './config.ts';
import { profileHome, type RootHome } from './home.ts';
import { defaultProfile, type ProfileName } from './name.ts';

/** The default profile's port where its config.yaml names none. */
export const defaultPort = 8642;
const firstPort = 8643;
const lastPort = 65_535;

/** The port of a profile's gateway: what its config.yaml names, else 8642 for the built-in one of `default`. Throws `ConfigError` (78). */
export async function configuredPort(root: RootHome, name: ProfileName): Promise<number | null> {
  const { port, command } = await readConfig(profileHome(root, name));
  return port ?? (name === defaultProfile && command === null ? defaultPort : null);
}

/** Which profile names which port in its config.yaml; the profiles whose file is broken name none. */
async function claimedPorts(
  root: RootHome,
  profiles: readonly ProfileName[],
): Promise<Map<number, ProfileName>> {
  const claims = new Map<number, ProfileName>();
  for (const name of profiles) {
    // Another profile's broken file is its own trouble; a port that it means is still seen when it is in use.
    const port = await configuredPort(root, name).catch(() => null);
    if (port !== null && !claims.has(port)) claims.set(port, name);
  }
  return claims;
}

async function inUse(port: number): Promise<boolean> {
  const { createServer } = await import('node:net');
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(true));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(false)));
  });
}

/** The first port from 8643 up that nobody claims and nobody listens on; throws `Failure` (1) when there is none. */
export async function freePortBeside(claims: { has(port: number): boolean }): Promise<number> {
  for (let port = firstPort; port <= lastPort; port++)
    if (!claims.has(port) && !(await inUse(port))) return port;
  throw new Failure(`no port from ${firstPort} to ${lastPort} is free on 127.0.0.1`, {
    code: 'NO_PORT',
    exit: 1,
  });
}

/** The asked port, or the next free one from 8643 up; throws `Failure` (1) when the asked one is taken. */
export async function choosePort(
  root: RootHome,
  profiles: readonly ProfileName[],
  asked: number | undefined,
): Promise<number> {
  const claims = await claimedPorts(root, profiles);
  if (asked === undefined) return freePortBeside(claims);
  const claimant = claims.get(asked);
  if (claimant === undefined && !(await inUse(asked))) return asked;
  const taker = claimant === undefined ? 'in use on 127.0.0.1' : `the port of profile ${claimant}`;
  throw new Failure(`port ${asked} is ${taker}`, {
    code: 'PORT_TAKEN',
    exit: 1,
    hint: `Take --port ${await freePortBeside(claims)}, which is free.`,
  });
}
