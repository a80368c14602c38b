import { gatewayHolder, type LockTable } from '../gateway/orphan.ts';
import { serviceName } from '../profile/name.ts';
import type { S6ServiceManager } from '../s6/manager.ts';
import type { Step } from './plan.ts';

/** Services that are wanted up, had a supervisor before this pass, and are not up, or not to stay so. */
export async function asleep(
  manager: S6ServiceManager,
  steps: readonly Step[],
  begun: Promise<LockTable>,
): Promise<ReadonlySet<string>> {
  const wantedUp = steps.flatMap(({ slot }) =>
    slot === null || slot.down || !slot.finding.hasSlot ? [] : [slot.finding],
  );
  if (wantedUp.length === 0) return new Set();
  // The kernel tells at once of a thousand gateways that they run; s6 is asked about the others, one by one.
  const locks = await begun;
  const lockless = wantedUp.flatMap(({ home, name }) =>
    gatewayHolder(home, locks) === null ? [serviceName(name)] : [],
  );
  if (lockless.length === 0 || !(await manager.listening())) return new Set();
  const survey = await manager.survey(lockless);
  const isAsleep = (service: string): boolean => {
    const status = survey.get(service)?.status ?? null;
    return status !== null && !(status.up && status.wantedUp);
  };
  return new Set(lockless.filter(isAsleep));
}
