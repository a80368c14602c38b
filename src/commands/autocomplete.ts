import { appendFileSync } from 'node:fs';
import * as Flags from '@oclif/core/flags';
import type * as z from 'zod/mini';
import { BaseCommand } from '../base-command.ts';
import { bashNames, zshNames } from '../completion-names.ts';
import type autocompleteSchema from '../schemas/autocomplete.ts';
import { makeCache, setupFile, shellArg, shellFrom } from '../shell.ts';

export default class Autocomplete extends BaseCommand {
  static override summary = 'Set up the completion of commands, flags and profiles in your shell.';

  static override description =
    'Writes what bash and zsh need below the cache directory (XDG_CACHE_HOME, else ~/.cache), and says what to type once. Profiles are offered by verb: start those that are not up, stop, restart, reload and signal those that are. Type it again after an upgrade.';

  static override examples = [
    '<%= config.bin %> autocomplete bash',
    { description: 'After an upgrade', command: '<%= config.bin %> autocomplete --refresh-cache' },
  ];

  static override args = { shell: shellArg };

  static override flags = {
    'refresh-cache': Flags.boolean({ char: 'r', summary: 'Write the files and say no more.' }),
  };

  async run(): Promise<z.infer<typeof autocompleteSchema>> {
    const { args, flags } = await this.parse(Autocomplete);
    const shell = shellFrom(args.shell, process.env);
    makeCache(this.config);
    // The package exports none of its commands.
    const { default: Setup } =
      await import('../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js');
    const isQuiet = flags['refresh-cache'] || this.jsonEnabled();
    await Setup.run(isQuiet ? ['--refresh-cache'] : [shell], this.config);
    appendFileSync(setupFile(this.config, 'bash'), bashNames(this.config.commands));
    appendFileSync(setupFile(this.config, 'zsh'), zshNames(this.config.commands));
    return this.answer({ shell, setup: setupFile(this.config, shell) }) as z.infer<typeof autocompleteSchema>;
  }
}
