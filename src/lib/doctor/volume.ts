import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf, messageOf } from '../failure.ts';
import { syncDirectory } from '../files/atomic-write.ts';
import { tryLock } from '../files/lock.ts';
import { uniqueDigits } from '../files/unique.ts';
import { type Examined, type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** What one gateway's log may take is 11 MB. */
const leastBytes = 32 * 1024 * 1024;
const leastFiles = 100;

/** Whether the volume takes files, keeps them, and locks them; and whether there is room. */
export function checkVolume({ site: { root } }: Patient): Examined {
  if (!existsSync(root)) {
    const what = 'the home does not exist';
    const fix = `mkdir -p ${root}`;
    return { evidence: what, findings: [finding({ what, evidence: root, fix })] };
  }
  const { bavail, bsize, blocks, files, ffree, type } = statfsSync(root);
  const free = bavail * bsize;
  const full = free < leastBytes || (files > 0 && ffree < leastFiles);
  const room = finding({
    what: 'the volume is almost full: gateways block when their logs cannot be written',
    evidence: `${mib(free)} of ${mib(blocks * bsize)} and ${ffree} of ${files} inodes are free on ${root}`,
    fix: `du -xah ${root} | sort -h | tail -n 20`,
  });
  const broken = tryOut(root, full);
  const usable =
    broken === null
      ? 'and we may not try it out'
      : broken.length > 0
        ? 'and files cannot be used'
        : 'and files can be written, renamed, locked and synced';
  const evidence = `${mib(free)} of ${mib(blocks * bsize)} are free on ${root} (file system ${type.toString(16)}), ${usable}`;
  return { evidence, findings: [...(full ? [room] : []), ...(broken ?? [])] };
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`;
}

/** Does with a file of its own what the program does with its files; null: it may not, which is told of with the owner. */
function tryOut(root: string, full: boolean): Finding[] | null {
  const path = join(root, `.doctor-${uniqueDigits()}`);
  const renamed = `${path}-renamed`;
  let step = 'written';
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeSync(fd, 'x'.repeat(4096));
      step = 'synced';
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    step = 'renamed';
    renameSync(path, renamed);
    step = 'synced';
    syncDirectory(root);
    step = 'locked';
    return locks(renamed) ? [] : [unusable(root, step, 'two locks on one file were granted at once')];
  } catch (error) {
    const fact = errnoOf(error) ?? messageOf(error);
    if (fact === 'EACCES') return null;
    return fact === 'ENOSPC' && full ? [] : [unusable(root, step, fact)];
  } finally {
    for (const left of [path, renamed]) if (existsSync(left)) rmSync(left);
  }
}

function locks(path: string): boolean {
  const first = tryLock(path);
  const second = tryLock(path);
  first?.release();
  second?.release();
  return first !== null && second === null;
}

function unusable(root: string, step: string, fact: string): Finding {
  const remedies: Readonly<Record<string, string>> = {
    EROFS: `mount -o remount,rw ${root}`,
  };
  const what = `files on the volume cannot be ${step}`;
  return finding({ what, evidence: `in ${root}: ${fact}`, fix: remedies[fact] ?? `findmnt -T ${root}` });
}
