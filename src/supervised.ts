import { siteFromEnvironment } from './edge.ts';
import { runGateway } from './lib/gateway/runner.ts';
import type { Site } from './lib/site.ts';
import { err } from './output.ts';

export { takeLightWay } from './lib/spawn-sync.ts';

/**
 * Runs the gateway that s6 supervises without the command line around it, which would stay in memory for as long as
 * the gateway lives. Null when the environment cannot be used: nothing has been done then, and the command line says why.
 */
export function run(profile: string | undefined): Promise<void> | null {
  let site: Site;
  try {
    site = siteFromEnvironment(process.env, profile);
  } catch {
    return null;
  }
  const say = (line: string) => void err(`${line}\n`);
  return runGateway(site, { profile: site.profile, slot: process.cwd(), signals: process, say }).then(
    ({ exit }) => {
      process.exitCode = exit;
    },
  );
}
