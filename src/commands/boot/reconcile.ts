import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { stepPairs } from '../../lib/boot/boot-log.ts';
import { commandOf } from '../../lib/boot/container-command.ts';
import { reconcile } from '../../lib/boot/reconcile.ts';
import { Failure } from '../../lib/failure.ts';

export default class BootReconcile extends BaseCommand {
  static override summary =
    'Rebuild all slots from the volume and bring back the gateways that are wanted up.';
  static override description = `Runs at every container start; on a live tree it repairs what differs and leaves running gateways alone.
Behind "--" the container's own command may follow: it decides the container's role.
Exit codes: 0 done; 1 a profile failed (the others are restored); 69 s6 is not installed; 77 permission denied.`;
  static override examples = [
    '<%= config.bin %> boot reconcile --dry-run',
    '<%= config.bin %> boot reconcile -- gateway run',
  ];
  static override strict = false;
  static override flags = {
    'dry-run': Flags.boolean({ summary: 'Show the plan and change nothing.' }),
  };

  async run(): Promise<object> {
    const { flags, argv } = await this.parse(BootReconcile);
    if (argv.length > 0 && !this.argv.includes('--'))
      throw new Failure(`boot reconcile takes no arguments: ${String(argv[0])}`, {
        code: 'USAGE',
        exit: 2,
        hint: 'The words of a container\'s command go behind "--".',
      });
    const command = commandOf(argv.map(String));
    const dryRun = flags['dry-run'];
    const report = await reconcile(this.site(flags.profile), { command, dryRun });
    for (const warning of report.warnings) this.note(`Warning: ${warning}`);
    if (command.role === 'dashboard')
      this.say('reconcile: skipping (dashboard container: it needs no per-profile gateways)');
    if (report.steps.length > 0)
      this.say(report.steps.map((step) => `reconcile: ${stepPairs(step)}`).join('\n'));
    const actions = report.steps.map(({ profile, priorState, action, reason }) => ({
      profile,
      prior_state: priorState,
      action,
      reason,
    }));
    return this.answer({ role: command.role, dry_run: dryRun, actions }, report.complete ? 0 : 1);
  }
}
