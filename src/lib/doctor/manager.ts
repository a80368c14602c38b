import { readFileSync } from 'node:fs';
import { installation, isTooOld } from '../s6/installation.ts';
import { type Examined, finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** Which service manager serves here, and what says so. */
export function checkManager({ site }: Patient): Examined {
  const { detection } = site;
  const pid1 = readFileSync('/proc/1/comm', 'utf8').trim();
  const evidence = detection.evidence.includes('PID 1')
    ? detection.evidence
    : `${detection.evidence}; PID 1 is ${pid1}`;
  if (detection.kind === 's6') return { evidence, findings: [] };
  const none = finding({ what: 'no service manager serves here', evidence, fix: 'hermes boot supervise' });
  return { evidence, findings: [none] };
}

const install = 'apt-get install -y s6 execline';

/** Whether s6 is whole, and young enough. */
export function checkPrograms({ site: { binDir } }: Patient): Examined {
  if (binDir === null) {
    const evidence = 'no s6-svc in /command, /usr/bin and /bin, and HERMES_S6_BIN_DIR is not set';
    return { evidence, findings: [finding({ what: 's6 is not installed', evidence, fix: install })] };
  }
  const { version, origin, missing } = installation(binDir);
  const evidence = `s6 ${version ?? 'of an unknown version'} in ${binDir} (by ${origin})`;
  const findings = [
    ...(missing.length === 0
      ? []
      : [
          finding({
            what: 's6 is not whole',
            evidence: `${binDir} lacks ${missing.join(', ')}`,
            fix: install,
          }),
        ]),
    ...(version !== null && isTooOld(version)
      ? [finding({ what: 's6 is older than 2.11.2, which this program needs', evidence, fix: install })]
      : []),
  ];
  return { evidence, findings };
}
