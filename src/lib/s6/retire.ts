import { accessSync, constants, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { S6CommandError } from './errors.ts';
import { holds } from './holds.ts';
import { asideName, asS6Error } from './service-directory.ts';
import type { S6Tools } from './tools.ts';

const killLimitMs = 5_000;
/** A pruned logger gets end of file and may still write what it has; a full volume makes it try for ever. */
const supervisorLimitMs = 5_000;

/**
 * Takes a service away in the one order that leaks nothing: stop it, wait (kill it after the grace), rename it out of
 * s6-svscan's sight, prune, wait until its supervisors are gone, remove. Throws S6CommandError; where we may not do all
 * of it, nothing is done.
 */
export async function retire(
  tools: S6Tools,
  scandir: string,
  service: string,
  graceMs: number,
): Promise<void> {
  const directory = join(scandir, service);
  asS6Error(service, 'retire', () => accessSync(scandir, constants.W_OK));
  tools.scanctl([], scandir);
  if (tools.status(directory, service) !== null) await end(tools, directory, service, graceMs);
  const aside = join(scandir, asideName(service, 'old'));
  asS6Error(service, 'rename', () => renameSync(directory, aside));
  if (!tools.scanctl(['-an'], scandir)) dismiss(tools, aside, service, '-x');
  if (!(await areGone(tools, aside, service))) {
    dismiss(tools, aside, service, '-xk');
    if (!(await areGone(tools, aside, service)))
      throw new S6CommandError({
        code: 'S6_TIMEOUT',
        service,
        action: 'prune',
        returncode: null,
        stderr: `a supervisor still runs in ${aside}`,
      });
  }
  asS6Error(service, 'remove', () => rmSync(aside, { recursive: true, force: true }));
}

async function end(tools: S6Tools, directory: string, service: string, graceMs: number): Promise<void> {
  const wait = (limitMs: number, flag: string) =>
    tools.wait('s6-svc', ['-wD', '-T', String(Math.max(1, limitMs)), flag, directory], service, limitMs);
  if ((await wait(graceMs, '-D')) !== 'timeout') return;
  if ((await wait(killLimitMs, '-k')) !== 'timeout') return;
  throw new S6CommandError({
    code: 'S6_TIMEOUT',
    service,
    action: 's6-svc -k',
    returncode: null,
    stderr: 'it survived even SIGKILL so far',
  });
}

/** Tells the supervisors of a service and of its logger to leave, without s6-svscan. */
function dismiss(tools: S6Tools, directory: string, service: string, flags: '-x' | '-xk'): void {
  for (const part of [directory, join(directory, 'log')])
    if (tools.status(part, service) !== null) tools.ask('s6-svc', [flags, part], service);
}

async function areGone(tools: S6Tools, directory: string, service: string): Promise<boolean> {
  const parts = [directory, join(directory, 'log')];
  return holds(() => parts.every((part) => tools.status(part, service) === null), supervisorLimitMs);
}
