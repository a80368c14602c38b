import { styleText } from 'node:util';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';
import { siteFromEnvironment } from './edge.ts';
import { type ExitCode, Failure } from './lib/failure.ts';
import type { Site } from './lib/site.ts';
import { err, out, showsColours } from './output.ts';
import { errorObject, printJson, tellFailure, usageFailure } from './render.ts';

/** What every command has: `-p`, `--json`, the site, and the one place that renders results and failures. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    profile: Flags.string({
      char: 'p',
      helpValue: 'NAME',
      summary: 'Profile to work on (default: HERMES_PROFILE, else the one whose home HERMES_HOME is).',
      helpGroup: 'GLOBAL',
    }),
  };

  /** Where everything is and who we are, with what `-p` and `--scandir` said. */
  protected site(profileFlag?: string, scandirFlag?: string): Site {
    return siteFromEnvironment(process.env, profileFlag, scandirFlag);
  }

  /** The command's result under its schema's name (`hermes.gateway.status/1`), and the exit code that it means. */
  protected answer<T extends object>(data: T, exit: ExitCode = 0): { schema: string } & T {
    process.exitCode = exit;
    return { schema: `hermes.${(this.id ?? '').replaceAll(':', '.')}/1`, ...data };
  }

  /** A result for people: one sentence on stdout, silent under `--json`. */
  protected say(sentence: string): void {
    if (!this.jsonEnabled()) out(`${sentence}\n`);
  }

  /** What is worth knowing beside the result: stderr, also under `--json`. */
  protected note(sentence: string): void {
    err(`${sentence}\n`);
  }

  /** Text in a colour where stdout shows colours. */
  protected paint(colour: Parameters<typeof styleText>[0], text: string): string {
    return showsColours(process.env) ? styleText(colour, text, { validateStream: false }) : text;
  }

  protected override async parse<
    F extends Interfaces.OutputFlags<F>,
    B extends Interfaces.OutputFlags<B>,
    A extends Interfaces.OutputArgs<A>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    try {
      return await super.parse<F, B, A>(options, argv);
    } catch (error) {
      throw error instanceof Failure ? error : usageFailure(error, this.id);
    }
  }

  override logJson(json: unknown): void {
    printJson(json);
  }

  protected override toErrorJson(error: unknown): unknown {
    return errorObject(error);
  }

  protected override catch(error: unknown): Promise<void> {
    tellFailure(error, this.jsonEnabled());
    return Promise.resolve();
  }
}
