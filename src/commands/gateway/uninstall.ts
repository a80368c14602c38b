import { BaseCommand } from '../../base-command.ts';
import { assertManaged } from '../../lib/gateway/job.ts';
import { defaultProfile } from '../../lib/profile/name.ts';

export default class GatewayUninstall extends BaseCommand {
  static override summary =
    'Explain how a gateway is kept down for good; under s6 there is nothing to uninstall.';

  static override examples = ['<%= config.bin %> gateway uninstall'];

  async run(): Promise<{ schema: string; manager: 's6'; message: string }> {
    const { flags } = await this.parse(GatewayUninstall);
    const site = this.site(flags.profile);
    assertManaged(site);
    const { profile } = site;
    const removal =
      profile === defaultProfile ? '' : `, or remove it with "hermes profile delete ${profile}"`;
    const message = `s6 supervises the gateway of ${profile}: there is nothing to uninstall. Keep it down for good with "hermes gateway stop -p ${profile}"${removal}.`;
    this.say(message);
    return this.answer({ manager: 's6', message });
  }
}
