import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { siteFromEnvironment } from './edge.ts';
import { type ExitCode, Failure } from './lib/failure.ts';
import type { Site } from './lib/site.ts';
import { errorLine, errorObject, usageFailure } from './render.ts';

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
    this.log(sentence);
  }

  /** What is worth knowing beside the result: stderr, also under `--json`. */
  protected note(sentence: string): void {
    process.stderr.write(`${sentence}\n`);
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json)}\n`);
  }

  /** Renders a failure and leaves its exit code; a bug keeps its stack for `DEBUG=*`. */
  protected override catch(error: Error & { parse?: unknown }): Promise<void> {
    const failure = error.parse === undefined ? error : usageFailure(error, this.id);
    process.exitCode = failure instanceof Failure ? failure.exit : 1;
    if (this.jsonEnabled()) this.logJson(errorObject(failure));
    else this.note(errorLine(failure));
    if (process.env['DEBUG'] !== undefined) this.note(error.stack ?? '');
    return Promise.resolve();
  }
}
