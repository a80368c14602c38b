import * as Args from '@oclif/core/args';
import { commands } from '@oclif/plugin-help';
import { tellFailure, usageFailure, wantsJson } from '../render.ts';

/** oclif's help command; what it prints is made in src/help.ts. */
export default class Help extends commands.help {
  static override summary = 'Show the help of a command, or of all.';
  static override args = {
    command: Args.string({ description: 'Its words, such as: gateway start.', ignoreStdin: true }),
  };

  protected override catch(error: unknown): Promise<void> {
    tellFailure(usageFailure(error, this.id), wantsJson(this.argv));
    return Promise.resolve();
  }
}
