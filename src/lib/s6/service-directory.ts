import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf, isDenied, messageOf } from '../failure.ts';
import { uniqueDigits } from '../files/unique.ts';
import { S6CommandError } from './errors.ts';

export interface ServiceFile {
  readonly content: string;
  readonly mode: number;
}

/** The files of one service directory, without what belongs to its supervisor. */
export interface ServiceFiles {
  /** By path relative to the service directory, e.g. `run` or `log/run`. */
  readonly files: ReadonlyMap<string, ServiceFile>;
  /** Whether it waits for a command instead of starting with its supervisor. */
  readonly down: boolean;
}

/** Every file of a service directory, the `down` file included. */
export function allFiles({ files, down }: ServiceFiles): Map<string, ServiceFile> {
  return new Map(down ? [...files, ['down', { content: '', mode: 0o644 }]] : files);
}

/** Whether the scandir has a directory for this service. */
export function isPublished(scandir: string, service: string): boolean {
  return lstatSync(join(scandir, service), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Brings a service directory up to date, file by file with one rename each, so that it may be live, and says whether
 * anything changed. s6 reads `down` when a supervisor starts and all else at each start of the service.
 */
export function updateInPlace(scandir: string, service: string, wanted: ServiceFiles): boolean {
  const directory = join(scandir, service);
  const files = allFiles(wanted);
  return asS6Error(service, 'update', () => {
    const stale = ['', 'log']
      .flatMap((folder) => filesIn(directory, folder))
      .filter((path) => !files.has(path));
    for (const path of stale) rmSync(join(directory, path), { force: true });
    const changed = [...files].filter(([path, file]) => !isSame(join(directory, path), file));
    for (const [path, file] of changed) replace(join(directory, path), file);
    return stale.length + changed.length > 0;
  });
}

/** Names of staging and retired entries that interrupted runs left in a scandir, of either naming. */
export function leftovers(scandir: string): string[] {
  return readdirSync(scandir)
    .filter((name) => /^(\.gateway-.*|gateway-.*\.tmp)$/.test(name))
    .filter((name) => !isAtWork(name));
}

// Another command may be registering or retiring a service at this moment; a PID used again only delays a sweep.
function isAtWork(name: string): boolean {
  const [, pid] = /\.(?:new|old)-(\d+)-[0-9a-f]{12}$/.exec(name) ?? [];
  return pid !== undefined && existsSync(`/proc/${pid}`);
}

/** A unique name in the scandir, ignored by s6-svscan, swept as a leftover if we do not live to rename or remove it. */
export function asideName(entry: string, purpose: 'new' | 'old'): string {
  return `.${entry.replace(/^\./, '')}.${purpose}-${process.pid}-${uniqueDigits()}`;
}

/** Does one step on a service directory; what the file system refuses becomes an S6CommandError (S6_DENIED or S6_FAILED). */
export function asS6Error<T>(service: string, action: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw stepError(service, action, error);
  }
}

/** The typed error for a step on a service directory that failed. */
export function stepError(service: string, action: string, error: unknown): S6CommandError {
  if (error instanceof S6CommandError) return error;
  const denied = isDenied(error) || errnoOf(error) === 'EROFS';
  const stderr = messageOf(error);
  return new S6CommandError({
    code: denied ? 'S6_DENIED' : 'S6_FAILED',
    service,
    action,
    returncode: null,
    stderr,
  });
}

// Dot names are files on their way to their place, perhaps of somebody else at this moment.
function filesIn(directory: string, folder: string): string[] {
  if (statSync(join(directory, folder), { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(join(directory, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name));
}

function isSame(path: string, { content, mode }: ServiceFile): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o7777) === mode && readFileSync(path, 'utf8') === content;
}

function replace(path: string, { content, mode }: ServiceFile): void {
  const fresh = join(dirname(path), asideName(basename(path), 'new'));
  try {
    writeFileSync(fresh, content, { flag: 'wx' });
    chmodSync(fresh, mode);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
