import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayHolder, holdElsewhere, lockHolder, readLocks } from '../gateway/orphan.ts';
import { logDir, gatewayLockPath } from '../profile/paths.ts';
import { isLocked } from '../s6/setlock.ts';
import { type Examined, type Finding, finding } from './finding.ts';
import type { Patient, ProfilePatient } from './patient.ts';

/** Names the containers, with what each of them mounts. */
const whoElse = "docker ps --format '{{.Names}} {{.Mounts}}'";

/** Whether gateways hold the locks of their homes, and nobody else does. */
export function checkLocks({ site: { binDir }, profiles, locks }: Patient): Examined {
  const held = profiles.filter(({ home }) => gatewayHolder(home, locks) !== null).length;
  const findings = profiles.flatMap((profile) => foreign(binDir, profile));
  return { evidence: `gateways that hold the lock of their home: ${held}`, findings };
}

function foreign(binDir: string | null, { name, home, sight }: ProfilePatient): Finding[] {
  const path = gatewayLockPath(home);
  if (sight.orphan !== null)
    return [
      finding({
        profile: name,
        what: `the gateway of ${name} runs and nobody supervises it`,
        evidence: `pid ${sight.orphan} holds ${path}, and s6 does not know it`,
        fix: `hermes gateway restart ${name}`,
      }),
    ];
  const fresh = readLocks();
  // To ask is to take it for a moment: never where a gateway of ours could want it.
  const ours = sight.status?.ready === true && sight.status.up;
  if (ours || gatewayHolder(home, fresh) !== null) return [];
  const elsewhere = holdElsewhere(binDir, home);
  // Asked again: it may have been a gateway of ours that has just come up.
  if (elsewhere === null || gatewayHolder(home) !== null) return [];
  const { host, evidence } = elsewhere;
  return [
    finding({
      profile: name,
      what: `a gateway of ${name} runs elsewhere: two containers are on one volume`,
      evidence,
      fix: host === null ? whoElse : `docker stop ${host}`,
    }),
  ];
}

/** Whether the log of every gateway is written by its own logger alone. */
export async function checkLogs({ site, manager, profiles, listening }: Patient): Promise<Examined> {
  if (!listening) return { evidence: 'not looked at: no s6-svscan listens', findings: [] };
  const slots = profiles.filter(({ hasSlot }) => hasSlot);
  const loggers = await manager.survey(slots.map(({ service }) => join(service, 'log')));
  const locks = readLocks();
  const findings = slots.flatMap(({ name, service }): Finding[] => {
    const path = join(logDir(site.root, name), 'lock');
    const holder = lockHolder(path, locks);
    const logger = loggers.get(join(service, 'log'))?.status;
    if (holder !== null && holder === logger?.pid) return [];
    if (holder !== null)
      return [
        finding({
          profile: name,
          what: `a second logger writes the log of ${name}`,
          evidence: `pid ${holder} holds ${path}, the logger of the slot is ${logger?.pid == null ? 'down' : `pid ${logger.pid}`}`,
          fix: `kill ${holder}`,
        }),
      ];
    if (logger?.wantedUp !== true || site.binDir === null || !existsSync(path)) return [];
    if (!isLocked(site.binDir, path) || lockHolder(path) !== null) return [];
    return [
      finding({
        profile: name,
        what: `the log of ${name} is written elsewhere: two containers are on one volume`,
        evidence: `${path} is locked, and by no process that can be seen here`,
        fix: whoElse,
      }),
    ];
  });
  return { evidence: `loggers, each alone in its directory: ${slots.length}`, findings };
}
