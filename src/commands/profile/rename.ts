import * as Args from '@oclif/core/args';
import { type Renamed, renameProfile } from '../../lib/gateway/rename.ts';
import { type TransitionJson, transitionJson, transitionsExit } from '../../lib/gateway/transition.ts';
import { parseProfileName } from '../../lib/profile/name.ts';
import { TransitionCommand } from '../../transition-command.ts';

export default class ProfileRename extends TransitionCommand {
  static override summary = 'Give a profile another name; its gateway stops for it and comes up again.';

  static override description =
    'Home, state, wishes and logs go along, and the gateway starts again where it was wanted up. What was interrupted is finished by the same command.';

  static override examples = ['<%= config.bin %> profile rename coder writer'];

  static override args = {
    old: Args.string({ description: 'The profile to rename.', required: true, ignoreStdin: true }),
    new: Args.string({ description: 'Its new name: a-z, 0-9, "_", "-".', required: true, ignoreStdin: true }),
  };

  async run(): Promise<{ schema: string; start: TransitionJson | null } & Omit<Renamed, 'notes' | 'start'>> {
    const { args, flags } = await this.parse(ProfileRename);
    const site = this.site(flags.profile);
    const from = parseProfileName(args.old);
    const { notes, start, ...renamed } = await renameProfile(site, from, parseProfileName(args.new));
    for (const note of notes) this.note(note);
    this.say(`${from} is ${renamed.name} now, in ${renamed.home}.`);
    if (start === null) return this.answer({ ...renamed, start });
    this.tell(site, 'start', start);
    return this.answer({ ...renamed, start: transitionJson(start) }, transitionsExit([start]));
  }
}
