import type { Command } from '@oclif/core/command';
import { Help } from '@oclif/core/help';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './lib/failure.ts';
import { wantsJson } from './render.ts';
import { tellNoCommand, tellUnknown } from './unknown-command.ts';

/** oclif's help with the table of exit codes below the commands and below each command. */
export default class HermesHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const typed = process.argv.slice(2);
    if (wantsJson(typed) && !typed.includes('--help')) {
      tellNoCommand();
      return;
    }
    try {
      await super.showHelp(argv);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The one other thing that oclif's help throws for: words that are neither command nor topic.
      const words = argv.filter((word) => !word.startsWith('-'));
      tellUnknown(words.join(' '), typed, this.config);
    }
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    this.log(this.exitCodes());
    this.log('');
  }

  protected override formatCommand(command: Command.Loadable): string {
    return `${super.formatCommand(command).trimEnd()}\n\n${this.exitCodes()}\n`;
  }

  private exitCodes(): string {
    const rows = Object.entries(exitCodes).map(([code, meaning]): [string, string] => [code, meaning]);
    return this.section(
      'EXIT CODES',
      this.renderList(rows, { indentation: 2, stripAnsi: this.opts.stripAnsi }),
    );
  }
}
