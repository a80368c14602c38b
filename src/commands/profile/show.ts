import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../base-command.ts';
import { type ProfileView, viewProfile } from '../../lib/gateway/profile-view.ts';
import { profileLines } from '../../profile-lines.ts';
import { targets } from '../../targets.ts';

export default class ProfileShow extends BaseCommand {
  static override summary =
    'Show one profile: home, port, configuration, variables, what is wanted, its logs.';

  static override description =
    'Of its variables only the names and where the values come from. What its gateway does now: "hermes gateway status".';

  static override examples = [
    '<%= config.bin %> profile show coder',
    '<%= config.bin %> profile show coder --json',
  ];

  static override args = {
    name: Args.string({ description: 'The profile; without it the one that -p means.', ignoreStdin: true }),
  };

  async run(): Promise<{ schema: string } & ProfileView> {
    const { args, flags } = await this.parse(ProfileShow);
    const site = this.site(flags.profile);
    const names = args.name === undefined ? undefined : [args.name];
    const [name = site.profile] = targets(site, { names, profileFlag: flags.profile, all: false });
    const view = await viewProfile(site, name);
    for (const trouble of view.troubles) this.note(`Warning: ${trouble}`);
    for (const line of profileLines(view)) this.say(line);
    return this.answer(view);
  }
}
