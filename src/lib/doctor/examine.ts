import { failureJson } from '../failure.ts';
import type { Site } from '../site.ts';
import { checkCollisions } from './collisions.ts';
import { checkEnvironment, seenEnvironment, type SeenEnvironment } from './environment.ts';
import { checkFiles } from './files.ts';
import { type CheckName, type Examined, type Finding, finding } from './finding.ts';
import { checkLeftovers } from './leftovers.ts';
import { checkLocks, checkLogs } from './locks.ts';
import { checkManager, checkPrograms } from './manager.ts';
import { checkOwner } from './owner.ts';
import { gather, type Patient } from './patient.ts';
import { checkScandir } from './scandir.ts';
import { checkSlots } from './slots.ts';
import { checkVolume } from './volume.ts';

/** One check, done. */
export interface Check extends Examined {
  readonly name: CheckName;
}

/** The whole examination. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly environment: SeenEnvironment;
}

const checks: Readonly<
  Record<Exclude<CheckName, 'environment'>, (patient: Patient) => Examined | Promise<Examined>>
> = {
  manager: checkManager,
  programs: checkPrograms,
  scandir: checkScandir,
  owner: checkOwner,
  volume: checkVolume,
  files: checkFiles,
  slots: checkSlots,
  leftovers: checkLeftovers,
  locks: checkLocks,
  logs: checkLogs,
  collisions: checkCollisions,
};

/** Does every check; one that cannot be done is a finding of its own, and the others are done all the same. */
export async function examine(site: Site): Promise<Examination> {
  const patient = await gather(site);
  const done: Check[] = [];
  for (const [name, check] of Object.entries(checks) as [CheckName, (typeof checks)['owner']][])
    done.push({ name, ...(await fenced(() => check(patient))) });
  const environment = await seenEnvironment(patient);
  done.push({ name: 'environment', ...checkEnvironment(environment) });
  return { checks: done, environment };
}

async function fenced(check: () => Examined | Promise<Examined>): Promise<Examined> {
  try {
    return await check();
  } catch (error) {
    const { message, hint } = failureJson(error);
    const what = 'this could not be looked at';
    return { evidence: what, findings: [finding({ what, evidence: message, fix: hint })] };
  }
}

/** Ends a finding by its `mend`; null: it is ended, else why not. */
export async function mend(act: NonNullable<Finding['mend']>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return failureJson(error).message;
  }
}
