import { chmodSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chmodMend, fully, may, octal, rightsOf } from './access.ts';
import { type Examined, type Finding, finding, fixByDoctor } from './finding.ts';
import type { Patient } from './patient.ts';

/** Whether the scandir is there, can be written, lets scripts run, is scanned, and its s6-svscan can be told something. */
export function checkScandir(patient: Patient): Examined {
  const { site, user, listening, reachable } = patient;
  const { scandir } = site;
  if (site.detection.kind === 'none') return { evidence: 'not looked at: no service manager', findings: [] };
  if (!existsSync(scandir)) {
    const what = 'the scandir does not exist';
    return { evidence: what, findings: [finding({ what, evidence: scandir, fix: 'hermes boot supervise' })] };
  }
  const owner = `${user.uid}:${user.gid}`;
  const findings = [
    ...noexec(scandir),
    ...(may(user, scandir, fully.directory)
      ? []
      : [
          finding({
            what: `${user.name} cannot make slots in the scandir`,
            evidence: rightsOf(scandir),
            fix: `chown ${owner} ${scandir}`,
          }),
        ]),
    ...openForAll(scandir),
    ...(listening ? control(patient, owner) : reachable ? [deserted(scandir)] : []),
  ];
  return { evidence: `${rightsOf(scandir)}, s6-svscan listens`, findings };
}

function deserted(scandir: string): Finding {
  const evidence = `nobody reads ${join(scandir, '.s6-svscan', 'control')}`;
  return finding({ what: 'no s6-svscan listens on the scandir', evidence, fix: 'hermes boot supervise' });
}

/** s6-svscan is commanded through a FIFO and locks a file; both must be the runtime user's too. */
function control({ site: { scandir }, user }: Patient, owner: string): Finding[] {
  const paths = ['control', 'lock'].map((name) => join(scandir, '.s6-svscan', name));
  const denied = paths.filter((path) => existsSync(path) && !may(user, path, constants.W_OK));
  if (denied.length === 0) return [];
  const mine = denied.every((path) => statSync(path).uid === user.uid);
  return [
    finding({
      what: `${user.name} cannot tell s6-svscan anything`,
      evidence: denied.map(rightsOf).join(', '),
      fix: mine ? `chmod u+rw ${denied.join(' ')}` : `chown ${owner} ${denied.join(' ')}`,
      mend: mine ? chmodMend(new Map(denied.map((path) => [path, statSync(path).mode | 0o600]))) : null,
    }),
  ];
}

/** Whoever may write there runs programs as the user of s6-svscan. */
function openForAll(scandir: string): Finding[] {
  const { mode } = statSync(scandir);
  if ((mode & 0o002) === 0) return [];
  const what = 'everybody may write the scandir, and so run programs as the user of s6-svscan';
  const mend = (): void => chmodSync(scandir, mode & 0o7775);
  const evidence = `${scandir} is ${octal(mode)}`;
  return [finding({ what, evidence, fix: fixByDoctor, mend })];
}

/** Docker's --tmpfs is noexec unless it is told otherwise. */
function noexec(scandir: string): Finding[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const above = mounts.filter(([, place = '']) => place === '/' || `${scandir}/`.startsWith(`${place}/`));
  // The last of the longest is on top.
  const [, place = '', type = '', options = ''] = above.reduce(
    (best, mount) => ((mount[1]?.length ?? 0) >= (best[1]?.length ?? 0) ? mount : best),
    [],
  );
  if (!options.split(',').includes('noexec')) return [];
  const evidence = `${place} (${type}) is mounted ${options}`;
  const what = 'the scripts of slots cannot be run';
  return [finding({ what, evidence, fix: `mount -o remount,exec ${place}` })];
}
