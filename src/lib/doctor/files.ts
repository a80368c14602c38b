import { constants, existsSync, lstatSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { gatewayEnvironment } from '../gateway/environment.ts';
import { readState } from '../gateway/state.ts';
import { readConfig } from '../profile/config.ts';
import { configPath, dotenvPath, statePath } from '../profile/paths.ts';
import { chmodMend, may, octal } from './access.ts';
import { type Examined, type Finding, finding } from './finding.ts';
import type { Patient, ProfilePatient } from './patient.ts';

/** Whether what gateways read can be read, and what is secret is shut. */
export async function checkFiles({ profiles, user }: Patient): Promise<Examined> {
  const findings = await Promise.all(
    profiles.map(async (profile) => [
      ...(await unusable(profile, (path) => !existsSync(path) || may(user, path, constants.R_OK))),
      ...openSecrets(profile.name, dotenvPath(profile.home)),
    ]),
  );
  return {
    evidence: `config.yaml, .env and state can be used, profiles: ${profiles.length}`,
    findings: findings.flat(),
  };
}

/** A file that is denied is told of where owners are. */
async function unusable(
  { name, home }: ProfilePatient,
  readable: (path: string) => boolean,
): Promise<Finding[]> {
  const state = readState(home);
  const editor = '"${EDITOR:-vi}"';
  const troubles = [
    {
      path: configPath(home),
      what: 'a config.yaml that cannot work',
      evidence: await readConfig(home).then(() => null, messageOf),
      fix: `${editor} ${configPath(home)}`,
    },
    {
      path: dotenvPath(home),
      what: 'an .env that cannot be read',
      evidence: trouble(() => gatewayEnvironment(home, name)),
      fix: `${editor} ${dotenvPath(home)}`,
    },
    {
      path: statePath(home),
      what: 'a state that cannot be read, so that nobody knows what is wanted',
      evidence: state.kind === 'unreadable' ? `${statePath(home)}: ${state.reason}` : null,
      fix: (state.kind === 'unreadable' ? state.hint : null) ?? `hermes gateway start ${name}`,
    },
  ];
  return troubles.flatMap(({ path, what, evidence, fix }) =>
    evidence === null || !readable(path)
      ? []
      : [finding({ profile: name, what: `${name} has ${what}`, evidence, fix })],
  );
}

function openSecrets(name: ProfilePatient['name'], path: string): Finding[] {
  const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return [];
  return [
    finding({
      profile: name,
      what: `others than its owner can read the secrets of ${name}`,
      evidence: `${path} is ${octal(mode)}`,
      fix: `chmod 600 ${path}`,
      mend: chmodMend(new Map([[path, 0o600]])),
    }),
  ];
}

function trouble(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  throw error;
}
