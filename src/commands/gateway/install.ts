import { BaseCommand } from '../../base-command.ts';
import { assertManaged } from '../../lib/gateway/job.ts';

export default class GatewayInstall extends BaseCommand {
  static override summary =
    'Explain how a gateway comes to be supervised; under s6 there is nothing to install.';

  static override examples = ['<%= config.bin %> gateway install'];

  async run(): Promise<{ schema: string; manager: 's6'; message: string }> {
    const { flags } = await this.parse(GatewayInstall);
    const site = this.site(flags.profile);
    assertManaged(site);
    const message = `s6 supervises the gateway of ${site.profile} from the boot of the container on: there is nothing to install. Bring it up for good with "hermes gateway start -p ${site.profile}".`;
    this.say(message);
    return this.answer({ manager: 's6', message });
  }
}
