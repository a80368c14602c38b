import { BaseCommand } from './base-command.ts';
import { type ExitCode, failureJson, type FailureJson, worstExit } from './lib/failure.ts';
import { type Done, type Errand, failedAs } from './lib/gateway/errand.ts';
import { tellFailure } from './render.ts';

/** One result of a command that neither starts nor stops, as JSON shows it. */
export interface ErrandJson<Outcome extends string> {
  readonly profile: string;
  readonly outcome: Outcome | 'failed' | 'timeout';
  readonly pid: number | null;
  readonly seconds: number;
  readonly error: FailureJson | null;
}

/** What commands share that do one thing to each of several gateways: a sentence each, the worst exit code. */
export abstract class ErrandCommand extends BaseCommand {
  /** Tells each result, and gives the exit code. */
  protected tellErrands<T>(
    errands: readonly Errand<T>[],
    sentence: (errand: Errand<T>, done: T) => string,
  ): ExitCode {
    for (const errand of errands) {
      if (errand.done !== null) this.say(sentence(errand, errand.done));
      if (errand.error !== null && !this.jsonEnabled()) tellFailure(errand.error, false);
      if (errand.note !== null) this.note(errand.note);
    }
    return worstExit(errands.map(({ error }) => error?.exit ?? 0));
  }

  protected errandJson<Outcome extends string>({
    profile,
    done,
    error,
    seconds,
  }: Errand<Done & { readonly outcome: Outcome }>): ErrandJson<Outcome> {
    return {
      profile,
      outcome: done?.outcome ?? failedAs(error),
      pid: done?.pid ?? null,
      seconds,
      error: error === null ? null : failureJson(error),
    };
  }
}
