import { linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { errnoOf } from '../failure.ts';
import { byRoot, give, type Owner } from '../files/owner.ts';
import type { S6CommandError } from './errors.ts';
import { allFiles, asideName, asS6Error, stepError, updateInPlace } from './service-directory.ts';
import type { ServiceFile, ServiceFiles } from './service-directory.ts';
import { giveSkeleton, makeDirectories, makeFifos } from './skeleton.ts';

export interface NewService {
  readonly service: string;
  readonly files: ServiceFiles;
}

/** Services that wait in a staging directory for their place in the scandir. */
export interface StagedServices {
  /**
   * Moves one into its place, or brings a directory that is there by now up to date.
   * Throws S6CommandError when that, or its staging, has failed; then nothing of it is published.
   */
  enter(service: string): void;
  /** Removes whatever was not moved. */
  discard(): void;
}

/**
 * Stages many services beside each other under a dot name, the files that several share linked instead of written,
 * their FIFOs made by one `mkfifo`; what fails for one of them is thrown when that one is to enter.
 * The owner gets the supervise skeleton; all else belongs to the owner of the scandir, who could replace it anyway.
 */
export function stageMany(
  scandir: string,
  services: readonly NewService[],
  owner: Owner | null,
): StagedServices {
  const failed = new Map<string, S6CommandError>();
  const files = new Map(services.map((service) => [service.service, service.files]));
  const eachHealthy = (step: (service: NewService) => void): void => {
    for (const service of services) {
      if (failed.has(service.service)) continue;
      try {
        step(service);
      } catch (error) {
        failed.set(service.service, stepError(service.service, 'publish', error));
      }
    }
  };
  const staging = `${scandir}/${asideName('gateway-', 'new')}`;
  const umask = process.umask(0);
  const leave = leaving();
  try {
    mkdirSync(staging, 0o700);
    const keeper = keeperOf(scandir);
    const write = sharingWriter(keeper);
    const operator = byRoot(owner);
    // Thousands of times over, short relative paths save a tenth.
    process.chdir(staging);
    eachHealthy(({ service, files }) => stage(service, files, write, keeper));
    const healthy = services.filter(({ service }) => !failed.has(service));
    const complaints = makeFifos(healthy.flatMap(skeletonsOf));
    eachHealthy((service) =>
      skeletonsOf(service).forEach((skeleton) => giveSkeleton(skeleton, operator, complaints)),
    );
  } catch (error) {
    eachHealthy(() => {
      throw error;
    });
  } finally {
    leave();
    process.umask(umask);
  }
  return {
    enter(service) {
      const failure = failed.get(service);
      if (failure !== undefined) throw failure;
      const wanted = files.get(service);
      if (wanted !== undefined) asS6Error(service, 'publish', () => enter(scandir, staging, service, wanted));
    },
    discard: () => rmSync(staging, { recursive: true, force: true }),
  };
}

/** Publishes one service as a whole or not at all; throws S6CommandError. */
export function publish(scandir: string, service: NewService, owner: Owner | null): void {
  const staged = stageMany(scandir, [service], owner);
  try {
    staged.enter(service.service);
  } finally {
    staged.discard();
  }
}

/** Longer files name their service: remembering thousands of them costs more than it saves. */
const longestShared = 256;

type Write = (path: string, file: ServiceFile) => void;

/** Writes a file once and links it from then on: nobody changes the files of a slot but by renaming new ones over them. */
function sharingWriter(keeper: Owner | null): Write {
  const written = new Map<string, { readonly path: string; readonly mode: number }>();
  return (path, { content, mode }) => {
    const shared = content.length <= longestShared;
    const twin = shared ? written.get(content) : undefined;
    if (twin?.mode === mode) {
      linkSync(twin.path, path);
      return;
    }
    // With its encoding named, Node opens, writes and closes in one call of its own.
    writeFileSync(path, content, { encoding: 'utf8', flag: 'wx', mode });
    give(path, keeper);
    if (shared) written.set(content, { path, mode });
  };
}

// Thousands of times over, a template is several times faster than join().
function stage(directory: string, files: ServiceFiles, write: Write, keeper: Owner | null): void {
  for (const part of partsOf(files)) {
    mkdirSync(`${directory}${part}`, 0o755);
    give(`${directory}${part}`, keeper);
    makeDirectories(`${directory}${part}`);
  }
  for (const [path, file] of allFiles(files)) write(`${directory}/${path}`, file);
}

function enter(scandir: string, staging: string, service: string, files: ServiceFiles): void {
  try {
    renameSync(`${staging}/${service}`, `${scandir}/${service}`);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
    updateInPlace(scandir, service, files);
  }
}

/** Notes where we are and returns the way back; the root when that is gone, or is not ours to enter any more. */
function leaving(): () => void {
  let here = '/';
  try {
    here = process.cwd();
  } catch {
    // It was removed under us.
  }
  return () => {
    try {
      process.chdir(here);
    } catch {
      process.chdir('/');
    }
  };
}

function skeletonsOf({ service, files }: NewService): string[] {
  return partsOf(files).map((part) => service + part);
}

/** A service, and the logger beside it. */
function partsOf({ files }: ServiceFiles): string[] {
  return files.has('log/run') ? ['', '/log'] : [''];
}

function keeperOf(scandir: string): Owner | null {
  const { uid, gid } = statSync(scandir);
  return uid === 0 ? null : byRoot({ uid, gid });
}
