import * as Args from '@oclif/core/args';
import { BaseCommand } from '../base-command.ts';
import HermesHelp from '../help.ts';

export default class Help extends BaseCommand {
  static override summary = 'Show the help of a command, or of all.';
  static override strict = false;
  static override args = {
    command: Args.string({ description: 'Its words, such as: gateway start.', ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    await new HermesHelp(this.config).showHelp(argv.map(String));
  }
}
