import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { selectAll } from '../../lib/gateway/selection.ts';
import { listProfiles } from '../../lib/profile/store.ts';

export default class AutocompleteNames extends BaseCommand {
  static override summary = 'List profiles for a shell to offer.';

  static override hidden = true;

  static override flags = {
    for: Flags.option({ options: ['up', 'down', 'all'] as const, default: 'all' })({
      summary: 'Those that are up, those that are not, or all.',
    }),
  };

  async run(): Promise<{ schema: string; names: string[] }> {
    const { flags } = await this.parse(AutocompleteNames);
    const site = this.site(flags.profile);
    const all: string[] = listProfiles(site.root);
    const names =
      flags.for === 'all' || site.detection.kind === 'none' ? all : await this.filtered(site, all, flags.for);
    if (names.length > 0) this.say(names.join('\n'));
    return this.answer({ names });
  }

  private async filtered(
    site: Parameters<typeof selectAll>[0],
    all: string[],
    want: 'up' | 'down',
  ): Promise<string[]> {
    const up: readonly string[] = (await selectAll(site, 'stop')).profiles;
    return want === 'up' ? [...up] : all.filter((name) => !up.includes(name));
  }
}
