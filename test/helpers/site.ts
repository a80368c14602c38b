import { siteFromEnvironment } from '../../src/edge.ts';
import type { Site } from '../../src/lib/site.ts';
import { binDir } from './tree.ts';

/** The site of a home and a scandir, for what is called in this process. */
export function siteOf(home: string, scandir: string, env: Readonly<Record<string, string>> = {}): Site {
  const places = { HERMES_HOME: home, S6_PROFILE_GATEWAY_SCANDIR: scandir, HERMES_S6_BIN_DIR: binDir };
  return siteFromEnvironment({ ...places, ...env });
}
