import { accepts } from '../gateway/port.ts';
import { baseEnvironment } from '../gateway/base-environment.ts';
import { type Claims, type Collision, collisions, readClaims } from '../gateway/preflight.ts';
import { configPath } from '../profile/paths.ts';
import { freePortBeside } from '../profile/port.ts';
import { type Examined, type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** Whether two gateways would use the same port or token, and whether strangers have a gateway's port. */
export async function checkCollisions(patient: Patient): Promise<Examined> {
  const { site, profiles } = patient;
  const claims = await readClaims(
    site.root,
    profiles.map(({ name }) => name),
  );
  const shared = await collisions(claims, baseEnvironment(site));
  const taken = await Promise.all(claims.map((one) => takenPort(patient, claims, one)));
  const findings = [...shared.map(asFinding), ...taken.flat()];
  const ports = claims.flatMap(({ profile, port }) => (port === null ? [] : `${profile} ${port}`));
  return { evidence: `ports: ${ports.join(', ') || 'none'}; no port and no token is shared`, findings };
}

function asFinding({ what, evidence, fix, tolerable }: Collision): Finding {
  return finding({ level: tolerable ? 'warning' : 'problem', what, evidence, fix });
}

/** A port that somebody serves while the gateway that it belongs to does not. */
async function takenPort(
  { profiles }: Patient,
  all: readonly Claims[],
  { profile, home, port }: Claims,
): Promise<Finding[]> {
  const isUp = (name: Claims['profile']): boolean =>
    profiles.some((one) => one.name === name && (one.sight.status?.up === true || one.sight.orphan !== null));
  const mayBeOurs = all.some((other) => other.port === port && isUp(other.profile));
  if (port === null || mayBeOurs || !(await accepts(port))) return [];
  const free = await freePortBeside(new Set(all.flatMap((one) => one.port ?? [])));
  return [
    finding({
      profile,
      what: `somebody else has the port of ${profile}`,
      evidence: `127.0.0.1:${port} accepts connections, and the gateway of ${profile} is down`,
      fix: `sed -i 's/port: *${port}\\b/port: ${free}/' ${configPath(home)}`,
    }),
  ];
}
