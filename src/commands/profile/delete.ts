import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { confirm } from '../../confirm.ts';
import { assertDeletable, deprovision, type Deprovisioned } from '../../lib/gateway/deprovision.ts';
import { profileHome } from '../../lib/profile/home.ts';
import { parseProfileName } from '../../lib/profile/name.ts';

export default class ProfileDelete extends BaseCommand {
  static override summary =
    'Stop the gateway of a profile, take its slot away, and remove its files and logs.';

  static override description =
    'The files go only when the supervisor is proved gone. Of a home that is a symbolic link the link alone goes.';

  static override examples = ['<%= config.bin %> profile delete coder --yes'];

  static override args = {
    name: Args.string({ description: 'The profile to delete.', required: true, ignoreStdin: true }),
  };

  static override flags = {
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask; needed where there is no terminal.' }),
  };

  async run(): Promise<{ schema: string } & Omit<Deprovisioned, 'notes'>> {
    const { args, flags } = await this.parse(ProfileDelete);
    const site = this.site(flags.profile);
    const name = parseProfileName(args.name);
    assertDeletable(site, name);
    if (!flags.yes)
      await confirm(`Delete profile ${name} with everything in ${profileHome(site.root, name)}?`);
    const { notes, ...deleted } = await deprovision(site, name);
    for (const note of notes) this.note(note);
    const kept = deleted.kept === null ? '' : ` Its home was a link; ${deleted.kept} is left as it is.`;
    this.say(`${name} is deleted.${kept}`);
    return this.answer(deleted);
  }
}
