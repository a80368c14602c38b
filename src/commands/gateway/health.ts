import { BaseCommand } from '../../base-command.ts';
import { containerCommand } from '../../lib/boot/container-command.ts';
import { failureJson } from '../../lib/failure.ts';
import { illness } from '../../lib/gateway/health.ts';
import { selectedStatus } from '../../lib/gateway/status.ts';
import { nameArgs, targets } from '../../targets.ts';

export default class GatewayHealth extends BaseCommand {
  static override summary = 'Tell whether every gateway that is wanted up is up, ready and not in backoff.';

  static override description =
    'For health checks: exit code 0 or 1, and one line why. A gateway that was stopped on purpose is healthy. Without names all profiles are meant.';

  static override examples = ['<%= config.bin %> gateway health', '<%= config.bin %> gateway health coder'];

  static override args = nameArgs;

  async run(): Promise<{ schema: string; healthy: boolean; reasons: string[] }> {
    const reasons = await this.reasons().catch((error: unknown) => [inOneLine(error)]);
    if (reasons.length === 0) this.say('healthy');
    else if (!this.jsonEnabled()) this.note(`unhealthy: ${reasons.join('; ')}`);
    return this.answer({ healthy: reasons.length === 0, reasons }, reasons.length === 0 ? 0 : 1);
  }

  /** Whatever keeps us from looking is a reason too: the answer is 0 or 1, never anything else. */
  private async reasons(): Promise<string[]> {
    const { args, flags } = await this.parse(GatewayHealth);
    const site = this.site(flags.profile);
    const isNamed = args.name !== undefined || flags.profile !== undefined;
    const { gateways, failures } = await selectedStatus(site, () =>
      targets(site, { names: args.name, profileFlag: flags.profile, all: !isNamed }),
    );
    const reasons = [
      ...gateways.map((gateway) => illness(gateway, site.now())).filter((reason) => reason !== null),
      ...failures.map(({ error }) => inOneLine(error)),
    ];
    // The gateways that are wanted are another container's then.
    return reasons.length > 0 && containerCommand().role === 'dashboard' ? [] : reasons;
  }
}

function inOneLine(error: unknown): string {
  const { message, hint } = failureJson(error);
  return hint === null ? message : `${message} (${hint})`;
}
