import { BaseCommand } from '../../base-command.ts';
import { Failure } from '../../lib/failure.ts';
import { siteManager } from '../../lib/gateway/registry.ts';
import { profileHome } from '../../lib/profile/home.ts';
import { serviceName } from '../../lib/profile/name.ts';
import { configuredPort } from '../../lib/profile/port.ts';
import { listProfiles } from '../../lib/profile/store.ts';

interface ListedProfile {
  readonly name: string;
  readonly home: string;
  readonly port: number | null;
  readonly registered: boolean;
}

export default class ProfileList extends BaseCommand {
  static override summary =
    'List the profiles: their ports, their homes, and whether their gateways have a slot.';

  static override examples = ['<%= config.bin %> profile list', '<%= config.bin %> profile list --json'];

  async run(): Promise<{ schema: string; profiles: readonly ListedProfile[] }> {
    const { flags } = await this.parse(ProfileList);
    const site = this.site(flags.profile);
    const manager = siteManager(site);
    const profiles: ListedProfile[] = [];
    for (const name of listProfiles(site.root)) {
      const port = await configuredPort(site.root, name).catch((error: unknown) => {
        if (error instanceof Failure) this.note(`${name}: ${error.message}`);
        return null;
      });
      const registered = manager.exists(serviceName(name));
      profiles.push({ name, home: profileHome(site.root, name), port, registered });
    }
    this.say(table(profiles));
    return this.answer({ profiles });
  }
}

function table(profiles: readonly ListedProfile[]): string {
  const rows = profiles.map(({ name, home, port, registered }) => [
    name,
    port ?? '-',
    registered ? 'yes' : 'no',
    home,
  ]);
  const lines = [['NAME', 'PORT', 'SLOT', 'HOME'], ...rows].map((row) => row.map(String));
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}
