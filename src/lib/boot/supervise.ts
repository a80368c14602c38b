import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { siteManager } from '../gateway/registry.ts';
import { spawnChild } from '../process.ts';
import { S6CommandError } from '../s6/errors.ts';
import { svscanWords } from '../s6/svscan.ts';
import type { Site } from '../site.ts';
import { type BootReport, reconcile } from './reconcile.ts';
import { emptyScandir, environmentOf } from './scandir.ts';

/** What a tree may take beyond its gateways' grace before its loggers are ended. */
const slackMs = 1_000;

export interface SuperviseOptions {
  /** Fires when the tree is to end. */
  readonly stop: AbortSignal;
  /** Where the gateways' output goes: descriptor 1 or 2 of ours. */
  readonly outputFd: 1 | 2;
  /** Called once the tree listens. */
  readonly onUp: (report: BootReport, svscanPid: number) => void;
}

function svscanError(
  code: 'S6_MISSING' | 'S6_FAILED',
  returncode: number | null,
  stderr: string,
): S6CommandError {
  return new S6CommandError({ code, service: null, action: 's6-svscan', returncode, stderr });
}

/** The longest grace that a gateway of this tree has, as its slot says. */
function longestGraceMs(site: Site, services: readonly string[]): number {
  const graces = services.map((service) => {
    try {
      return Number(readFileSync(join(site.scandir, service, 'timeout-kill'), 'utf8'));
    } catch {
      return 0; // a slot without a limit, or none any more: nothing to wait for
    }
  });
  return Math.max(0, ...graces);
}

/** On a full volume a logger never ends by itself, and s6-svscan waits for it. */
async function endLoggers(site: Site, ended: AbortSignal): Promise<void> {
  const manager = siteManager(site);
  const services = manager.list();
  try {
    await delay(longestGraceMs(site, services) + slackMs, undefined, { signal: ended });
  } catch {
    return;
  }
  // One that has no supervisor any more has ended.
  for (const service of services) await manager.send(`${service}/log`, ['-k']).catch(() => undefined);
}

/**
 * Runs a supervision tree for a home in the foreground until `stop` fires: slots rebuilt from the volume, s6-svscan in
 * a session of its own, so that a terminal's Ctrl-C never reaches a gateway.
 * Throws `Failure` (1) for a scandir that is in use, S6CommandError when s6-svscan cannot start or dies.
 */
export async function supervise(site: Site, { stop, outputFd, onUp }: SuperviseOptions): Promise<void> {
  if (site.binDir === null) throw svscanError('S6_MISSING', null, '');
  await emptyScandir(site);
  const command = { role: 'gateway', runsGateway: null } as const;
  const report = await reconcile(site, { command, dryRun: false });
  const isStopping = (): boolean => stop.aborted;
  if (isStopping()) return;
  const [file, ...args] = svscanWords(site.binDir, site.scandir, ['-d', '3']);
  const child = spawnChild(file, args, {
    detached: true,
    stdio: ['ignore', outputFd, 2, 'pipe'],
    env: {
      ...site.env,
      ...environmentOf(site),
      PATH: `${site.binDir}:${site.env['PATH'] ?? '/usr/bin:/bin'}`,
    },
  });
  const ended = new AbortController();
  const exit = once(child, 'exit').then(([code]: unknown[]) => {
    ended.abort();
    return typeof code === 'number' ? code : null;
  });
  const end = (): void => {
    child.kill('SIGTERM');
    void endLoggers(site, ended.signal);
  };
  child.stdio[3]?.once('data', () => {
    onUp(report, child.pid ?? 0);
    if (isStopping()) end();
    else stop.addEventListener('abort', end, { once: true });
  });
  const code = await exit;
  if (!isStopping()) throw svscanError('S6_FAILED', code, 'it ended, though nobody asked for that');
}
