import { Config } from '@oclif/core/config';
import type { Interfaces, Plugin } from '@oclif/core';

/** The command surface of the built program, as oclif caches it. Throws when a command does not load. */
export async function manifest(root: string): Promise<Interfaces.Manifest> {
  const config = await Config.load({ root, ignoreManifest: true });
  const plugin = config.plugins.get(config.name) as Plugin | undefined;
  if (plugin === undefined) throw new Error(`${root} holds no plugin`);
  return plugin.manifest;
}
