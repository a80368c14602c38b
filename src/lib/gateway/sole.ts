import { Failure } from '../failure.ts';
import { tryLock, type Held } from '../files/lock.ts';
import { gatewayLockPath } from '../profile/paths.ts';
import { gatewayHolder } from './orphan.ts';

/** Makes this process the one gateway of a home that nobody supervises. Throws `Failure` (1) while another one runs. */
export function soleGateway(home: string): Held {
  // s6-setlock's record lock and flock(1) do not see each other: the former is looked up, the latter taken.
  const holder = gatewayHolder(home);
  const held = holder === null ? tryLock(gatewayLockPath(home)) : null;
  if (held !== null) return held;
  const who = holder === null ? 'another gateway' : `another gateway (pid ${holder})`;
  throw new Failure(`${who} runs on ${home}`, {
    code: 'GATEWAY_RUNS',
    exit: 1,
    hint: 'end that one first, or choose another profile with -p',
  });
}
