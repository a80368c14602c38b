import { nameArgs, transitionFlags } from '../../targets.ts';
import { type TransitionAnswer, TransitionCommand } from '../../transition-command.ts';

export default class GatewayStart extends TransitionCommand {
  static override summary = 'Start gateways and wait until they are ready.';

  static override description =
    'From whatever state: a slot that is missing is made, a crash-looping gateway is tried at once, one that is ready stays as it is. --all: those that are wanted up.';

  static override examples = [
    '<%= config.bin %> gateway start coder',
    '<%= config.bin %> gateway start --all --reason "new model"',
  ];

  static override args = nameArgs;

  static override flags = transitionFlags;

  async run(): Promise<TransitionAnswer> {
    const { args, flags } = await this.parse(GatewayStart);
    return this.transition('start', { ...flags, names: args.name, profileFlag: flags.profile });
  }
}
