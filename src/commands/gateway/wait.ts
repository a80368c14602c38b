import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { failureJson, type FailureJson, worstExit } from '../../lib/failure.ts';
import { type Goal, goals, waitFor, type Waiting } from '../../lib/gateway/wait.ts';
import { tellFailure } from '../../render.ts';
import { allFlag, longestTimeoutS, nameArgs, targets } from '../../targets.ts';

const usualLimitS = 30;

interface WaitJson extends Pick<Waiting, 'outcome' | 'seconds'> {
  readonly profile: string;
  readonly state: string;
  readonly pid: number | null;
  readonly error: FailureJson | null;
}

export default class GatewayWait extends BaseCommand {
  static override summary = 'Wait until gateways are ready, or down.';

  static override description =
    'Changes nothing. Of a gateway that will never say that it is ready, up is enough. Exit code 75 when the time is over, 1 when it was given up after exit 78, 130 when Ctrl-C ended the waiting, which is all that it ends.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> coder --for ready --timeout 60',
    '<%= config.bin %> <%= command.id %> coder writer --for down',
  ];

  static override args = nameArgs;

  static override flags = {
    all: allFlag,
    for: Flags.option({ summary: 'What is waited for.', options: goals, required: true })(),
    timeout: Flags.integer({
      summary: 'Wait at most this long; 0 looks once.',
      helpValue: 'SECONDS',
      min: 0,
      max: longestTimeoutS,
      default: usualLimitS,
    }),
  };

  async run(): Promise<{ schema: string; for: Goal; results: WaitJson[] }> {
    const { args, flags } = await this.parse(GatewayWait);
    const site = this.site(flags.profile);
    const profiles = targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    const waiting = new AbortController();
    // A second Ctrl-C ends the program as always.
    process.once('SIGINT', () => waiting.abort());
    const patience = { timeoutMs: flags.timeout * 1000, interrupt: waiting.signal };
    const waitings = await waitFor(site, profiles, flags.for, patience);
    for (const waiting of waitings) {
      if (waiting.error === null) this.say(sentence(waiting));
      else if (!this.jsonEnabled()) tellFailure(waiting.error, false);
    }
    const results = waitings.map(({ status: { profile, state, pid }, outcome, seconds, error }) => ({
      profile,
      outcome,
      state,
      pid,
      seconds,
      error: error === null ? null : failureJson(error),
    }));
    return this.answer({ for: flags.for, results }, worstExit(waitings.map(({ error }) => error?.exit ?? 0)));
  }
}

function sentence({ status: { profile, state, pid }, seconds }: Waiting): string {
  const facts = [...(pid === null ? [] : [`pid ${pid}`]), `${seconds.toFixed(1)} s`].join(', ');
  if (state === 'failed') return `${profile} is down, given up after exit 78 (${facts}).`;
  if (state === 'missing') return `${profile} is down: it has no slot (${facts}).`;
  if (state === 'up') return `${profile} is up, and will not say that it is ready (${facts}).`;
  return `${profile} is ${state} (${facts}).`;
}
