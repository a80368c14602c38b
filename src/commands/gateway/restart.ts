import type { TransitionJson } from '../../lib/gateway/transition.ts';
import { nameArgs, transitionFlags } from '../../targets.ts';
import { TransitionCommand } from '../../transition-command.ts';

export default class GatewayRestart extends TransitionCommand {
  static override summary = 'Restart gateways and wait until the new processes are ready.';

  static override description =
    'The configuration is checked first: a broken one (78) leaves the old process running. A stopped gateway is started. --all: those that are up.';

  static override examples = [
    '<%= config.bin %> gateway restart coder',
    '<%= config.bin %> gateway restart --all --reason "new model"',
  ];

  static override args = nameArgs;

  static override flags = transitionFlags;

  async run(): Promise<{ schema: string; results: TransitionJson[] }> {
    const { args, flags } = await this.parse(GatewayRestart);
    return this.transition('restart', { ...flags, names: args.name, profileFlag: flags.profile });
  }
}
