import { readRegular } from '../files/read.ts';
import type { RootHome } from '../profile/home.ts';
import { bootLogPath } from '../profile/paths.ts';

/** What a boot pass did about one profile, as its line in the boot log says. */
export interface BootLine {
  /** To the second. */
  readonly at: Date;
  readonly profile: string;
  readonly priorState: string | null;
  readonly action: string;
  readonly reason: string | null;
}

/** The rotated file has the limit of the log and one line more. */
const maxBytes = 1024 * 1024;

/** All lines of the boot log, oldest first, the rotated file's included; broken ones are passed over. Throws `Failure` (1, 77). */
export function readBootLog(root: RootHome): BootLine[] {
  const path = bootLogPath(root);
  const text = (readRegular(`${path}.1`, maxBytes) ?? '') + (readRegular(path, maxBytes) ?? '');
  return text.split('\n').flatMap(parseBootLine);
}

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d)(\d\d) (.*)$/;
const pair = /(\w+)=("(?:[^"\\]|\\.)*"|\S*)(?: |$)/gy;

function parseBootLine(line: string): BootLine[] {
  const [, stamp = '', minutes = '', rest = ''] = stamped.exec(line) ?? [];
  const values = new Map([...rest.matchAll(pair)].map(([, key = '', value = '']) => [key, plain(value)]));
  const profile = values.get('profile');
  const action = values.get('action');
  const at = new Date(`${stamp}:${minutes}`);
  if (profile === undefined || action === undefined || Number.isNaN(at.getTime())) return [];
  const prior = values.get('prior_state') ?? 'None';
  return [
    {
      at,
      profile,
      priorState: prior === 'None' ? null : prior,
      action,
      reason: values.get('reason') ?? null,
    },
  ];
}

function plain(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
