import { connect } from 'node:net';
import { Failure } from '../failure.ts';
import { type GatewayConfig, readConfig } from '../profile/config.ts';
import { profileHome, type RootHome } from '../profile/home.ts';
import { defaultProfile, type ProfileName } from '../profile/name.ts';
import { defaultPort } from '../profile/port.ts';
import { listProfiles } from '../profile/store.ts';

/** The port of a profile's built-in gateway; throws `Failure` (78) when the configuration names none. */
export function echoPort(profile: ProfileName, { port }: GatewayConfig): number {
  if (port !== null) return port;
  if (profile === defaultProfile) return defaultPort;
  throw new Failure(`${profile} has no port: config.yaml lacks gateway.port`, {
    code: 'CONFIG_INVALID',
    exit: 78,
    hint: 'Add a free one: gateway: {port: 8650}',
  });
}

/** Whether somebody on 127.0.0.1 accepts connections on a port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** Another profile whose configuration names this port; null: none. A configuration that cannot be read names nothing. */
export async function alsoNamedBy(
  root: RootHome,
  profile: ProfileName,
  port: number,
): Promise<ProfileName | null> {
  for (const other of listProfiles(root)) {
    if (other === profile) continue;
    const config = await readConfig(profileHome(root, other)).catch(() => null);
    const named = config?.port ?? (other === defaultProfile && config?.command === null ? defaultPort : null);
    if (named === port) return other;
  }
  return null;
}

/** Why a port that is taken is no use: 78 when another profile's configuration names it too, else 1 (it may get free). */
export async function portTaken(root: RootHome, profile: ProfileName, port: number): Promise<Failure> {
  const other = await alsoNamedBy(root, profile, port);
  const alsoNamed = other === null ? '' : `, and the configuration of ${other} names it too`;
  return new Failure(`port ${port} is taken${alsoNamed}`, {
    code: 'PORT_TAKEN',
    exit: other === null ? 1 : 78,
    hint: `Give ${profile} another gateway.port in its config.yaml.`,
    retryable: other === null,
  });
}
