import { BaseCommand } from '../../base-command.ts';
import { execLine } from '../../lib/gateway/exec-line.ts';
import { crashPauseMs } from '../../lib/gateway/pause.ts';
import { profileHome } from '../../lib/profile/home.ts';
import { assertProfile } from '../../lib/profile/store.ts';

export default class GatewayCommand extends BaseCommand {
  static override summary = 'Print the command line of a gateway that runs without a wrapper (mode: exec).';

  static override description =
    'One shell-quoted line without secrets: the environment comes from a directory that only the runtime user can read. The slot asks for it at each start; it then gets the seconds to wait first on a line of their own.';

  static override examples = ['<%= config.bin %> gateway command -p coder'];

  async run(): Promise<{ schema: string; profile: string; command: string; pause_s: number }> {
    const { flags } = await this.parse(GatewayCommand);
    const site = this.site(flags.profile);
    const isSlot = (site.env['HERMES_S6_SUPERVISED_CHILD'] ?? '') !== '';
    if (!isSlot) assertProfile(site.root, site.profile);
    const command = await execLine(site, site.profile);
    const pauseMs = isSlot
      ? await crashPauseMs(site, profileHome(site.root, site.profile), process.cwd())
      : 0;
    const seconds = Math.ceil(pauseMs / 1000);
    if (isSlot) this.say(String(seconds));
    this.say(command);
    return this.answer({ profile: site.profile, command, pause_s: seconds });
  }
}
