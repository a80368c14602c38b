import * as Args from '@oclif/core/args';
import { BaseCommand } from '../base-command.ts';
import { completionScript } from '../completion-script.ts';

const shells = ['bash', 'zsh'] as const;

export default class Completion extends BaseCommand {
  static override summary = 'Print the script that completes commands, flags and profiles in your shell.';

  static override description =
    'Load it in ~/.bashrc or ~/.zshrc, or keep it where your shell looks for such scripts. Profiles are offered by verb: start those that are not up, stop and restart those that are.';

  static override examples = [
    { description: 'bash', command: 'source <(<%= config.bin %> completion bash)' },
    { description: 'zsh', command: 'source <(<%= config.bin %> completion zsh)' },
  ];

  static override args = {
    shell: Args.string({ description: 'Your shell.', required: true, options: shells, ignoreStdin: true }),
  };

  async run(): Promise<{ schema: string; shell: string; script: string }> {
    const { args } = await this.parse(Completion);
    const shell = args.shell === 'zsh' ? 'zsh' : 'bash';
    const script = completionScript(shell, this.config.commands);
    this.say(script);
    return this.answer({ shell, script });
  }
}
