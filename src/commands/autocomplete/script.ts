import type * as z from 'zod/mini';
import { BaseCommand } from '../../base-command.ts';
import type scriptSchema from '../../schemas/autocomplete/script.ts';
import { setupFile, shellArg, shellFrom } from '../../shell.ts';

export default class AutocompleteScript extends BaseCommand {
  static override summary = 'Print the line that your shell is to read at its start.';

  static override hidden = true;

  static override args = { shell: shellArg };

  async run(): Promise<z.infer<typeof scriptSchema>> {
    const { args } = await this.parse(AutocompleteScript);
    const shell = shellFrom(args.shell, process.env);
    // The package exports none of its commands.
    const { default: Script } =
      await import('../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js');
    if (!this.jsonEnabled()) await Script.run([shell], this.config);
    return this.answer({ shell, setup: setupFile(this.config, shell) }) as z.infer<typeof scriptSchema>;
  }
}
