import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { logValue, stepPairs } from '../../lib/boot/boot-log.ts';
import { containerCommand } from '../../lib/boot/container-command.ts';
import { stepJson } from '../../lib/boot/reconcile.ts';
import { sync } from '../../lib/boot/sync.ts';

export default class BootSync extends BaseCommand {
  static override summary = 'Bring a live tree in line with the volume: what a boot would do, now.';
  static override description =
    'Makes slots that are missing, takes away those whose profile is gone, and starts what is wanted up; running gateways are left alone. For profiles that were copied, restored or removed by hand. Recorded in logs/container-boot.log like every boot, and what it changed in the journal.';
  static override examples = ['<%= config.bin %> boot sync --dry-run', '<%= config.bin %> boot sync'];
  static override flags = {
    'dry-run': Flags.boolean({ default: false, summary: 'Show the plan and change nothing.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(BootSync);
    const command = containerCommand();
    const dryRun = flags['dry-run'];
    const { steps, retired, warnings, exit } = await sync(this.site(flags.profile), { command, dryRun });
    for (const warning of warnings) this.note(`Warning: ${warning}`);
    if (command.role === 'dashboard') this.say('sync: nothing to do in a dashboard container');
    for (const step of steps) this.say(`sync: ${stepPairs(step)}`);
    for (const name of retired) this.say(`sync: profile=${logValue(name)} action=retired`);
    const actions = steps.map(stepJson);
    return this.answer({ role: command.role, dry_run: dryRun, actions, retired }, exit);
  }
}
