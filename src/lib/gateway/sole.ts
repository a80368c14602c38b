import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { tryLock, type Held } from '../files/lock.ts';
import { becomeProgram } from '../process.ts';
import { gatewayLockPath } from '../profile/paths.ts';
import type { Site } from '../site.ts';
import { lockedVariable } from './environment.ts';
import { gatewayHolder } from './orphan.ts';

/**
 * Makes this process the one gateway of a home that nobody supervises: where s6 is installed, by running its program
 * once more under the lock that supervised gateways take. Throws `Failure` (1) while another one runs.
 */
export function soleGateway({ env, binDir }: Pick<Site, 'env' | 'binDir'>, home: string): Held | null {
  if (env[lockedVariable] === String(process.pid)) return null;
  // s6-setlock's record lock and flock(1) do not see each other: the former is looked up, the latter taken.
  const holder = gatewayHolder(home);
  const held = holder === null ? tryLock(gatewayLockPath(home)) : null;
  if (held === null) {
    const who = holder === null ? 'another gateway' : `another gateway (pid ${holder})`;
    throw new Failure(`${who} runs on ${home}`, {
      code: 'GATEWAY_RUNS',
      exit: 1,
      hint: 'End that one first, or choose another profile with -p.',
    });
  }
  if (binDir !== null) {
    const again = [process.execPath, ...process.execArgv, '--', ...process.argv.slice(1)];
    becomeProgram(join(binDir, 's6-setlock'), ['-n', gatewayLockPath(home), ...again], {
      ...env,
      [lockedVariable]: String(process.pid),
    });
  }
  return held;
}
