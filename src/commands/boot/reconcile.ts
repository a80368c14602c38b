import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { stepPairs } from '../../lib/boot/boot-log.ts';
import { containerCommand } from '../../lib/boot/container-command.ts';
import { reconcile, stepJson } from '../../lib/boot/reconcile.ts';

export default class BootReconcile extends BaseCommand {
  static override summary =
    'Rebuild all slots from the volume and bring back the gateways that are wanted up.';
  static override description = `Runs at every container start. On a live tree it repairs what differs and leaves running gateways alone. In a container whose command is the dashboard it does nothing.

One profile's trouble never reaches another: what failed is named, with exit code 1, and everything else is done.`;
  static override examples = [
    '<%= config.bin %> boot reconcile --dry-run',
    '<%= config.bin %> boot reconcile --json',
  ];
  static override flags = {
    'dry-run': Flags.boolean({ default: false, summary: 'Show the plan and change nothing.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(BootReconcile);
    const command = containerCommand();
    const dryRun = flags['dry-run'];
    const report = await reconcile(this.site(flags.profile), { command, dryRun });
    for (const warning of report.warnings) this.note(`Warning: ${warning}`);
    if (command.role === 'dashboard')
      this.say('reconcile: skipping (dashboard container: it needs no per-profile gateways)');
    if (report.steps.length > 0)
      this.say(report.steps.map((step) => `reconcile: ${stepPairs(step)}`).join('\n'));
    const actions = report.steps.map(stepJson);
    return this.answer({ role: command.role, dry_run: dryRun, actions }, report.exit);
  }
}
