import * as Flags from '@oclif/core/flags';
import { Failure } from '../../lib/failure.ts';
import { nameArgs, transitionFlags } from '../../targets.ts';
import { type TransitionAnswer, TransitionCommand } from '../../transition-command.ts';

export default class GatewayRestart extends TransitionCommand {
  static override summary = 'Restart gateways and wait until the new processes are ready.';

  static override description =
    'The configuration is checked first: a broken one (78) leaves the old process running. A stopped gateway is started. --all: those that are up, side by side; with --rolling each waits until one before it is ready again, and the first that does not come back is the last that is touched.';

  static override examples = [
    '<%= config.bin %> gateway restart coder',
    '<%= config.bin %> gateway restart --all --rolling --reason "new model"',
  ];

  static override args = nameArgs;

  static override flags = {
    ...transitionFlags,
    rolling: Flags.boolean({ summary: 'One after another, stopping at the first failure.' }),
    'max-unavailable': Flags.integer({
      summary: 'With --rolling: restart up to this many at once (default: 1).',
      helpValue: 'N',
      min: 1,
      dependsOn: ['rolling'],
    }),
  };

  async run(): Promise<TransitionAnswer> {
    const { args, flags } = await this.parse(GatewayRestart);
    if (flags.rolling && !flags.wait)
      throw new Failure('--rolling waits for each gateway, and --no-wait says not to', {
        code: 'USAGE',
        exit: 2,
        hint: 'Leave one of them out.',
      });
    const maxUnavailable = flags.rolling ? (flags['max-unavailable'] ?? 1) : undefined;
    return this.transition('restart', {
      ...flags,
      maxUnavailable,
      names: args.name,
      profileFlag: flags.profile,
    });
  }
}
