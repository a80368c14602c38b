import { nameArgs, transitionFlags } from '../../targets.ts';
import { type TransitionAnswer, TransitionCommand } from '../../transition-command.ts';

export default class GatewayStop extends TransitionCommand {
  static override summary = 'Stop gateways for good and wait until they are down.';

  static override description =
    'They stay down, also after a restart of the container. A gateway that ignores SIGTERM is killed after its stop timeout; one that nobody supervises is ended too. --all: those that are up.';

  static override examples = [
    '<%= config.bin %> gateway stop coder',
    '<%= config.bin %> gateway stop --all --reason "new model"',
  ];

  static override args = nameArgs;

  static override flags = transitionFlags;

  async run(): Promise<TransitionAnswer> {
    const { args, flags } = await this.parse(GatewayStop);
    return this.transition('stop', { ...flags, names: args.name, profileFlag: flags.profile });
  }
}
