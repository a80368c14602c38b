import { Failure } from '../failure.ts';
import { readRegular } from '../files/read.ts';
import { DotenvError, parseDotenv } from '../profile/dotenv.ts';
import { dotenvPath } from '../profile/paths.ts';

/** Names the process that runs under `s6-setlock` already; a PID, so that what inherits it is not meant. */
export const lockedVariable = 'HERMES_GATEWAY_LOCKED';

/** What tells `gateway run` where it is: a program that inherits it would pass for the supervised process itself. */
export const slotVariables = ['HERMES_S6_SUPERVISED_CHILD', lockedVariable] as const;

/**
 * What a gateway's program gets over the container's environment: the profile's `.env`, and whose gateway it is. Throws
 * `Failure` (78 when the file cannot work, 77).
 */
export function gatewayEnvironment(home: string, profile: string): Map<string, string> {
  const file = dotenvPath(home);
  const own = parseDotenv(textOf(file), file);
  return own.set('HERMES_HOME', home).set('HERMES_PROFILE', profile);
}

function textOf(file: string): string {
  try {
    return readRegular(file) ?? '';
  } catch (error) {
    // Rights may be put in order while it is tried; what is no text file stays none.
    if (!(error instanceof Failure) || error.exit === 77) throw error;
    throw new DotenvError(file, `it ${error.message.slice(file.length + 1)}`);
  }
}

/** Throws `Failure` (78) for an `.env` that cannot work. One that only its gateway may read is that one's matter. */
export function assertUsableEnvironment(home: string, profile: string): void {
  try {
    gatewayEnvironment(home, profile);
  } catch (error) {
    if (error instanceof DotenvError) throw error;
  }
}
