import { readRegular } from '../files/read.ts';
import { parseDotenv } from '../profile/dotenv.ts';
import { dotenvPath } from '../profile/paths.ts';

/**
 * What a gateway's program gets over the container's environment: the profile's `.env`, and whose gateway it is. Throws
 * `Failure` (78 when the file cannot be parsed).
 */
export function gatewayEnvironment(home: string, profile: string): Map<string, string> {
  const file = dotenvPath(home);
  const own = parseDotenv(readRegular(file) ?? '', file);
  return own.set('HERMES_HOME', home).set('HERMES_PROFILE', profile);
}
