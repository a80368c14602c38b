import { ErrandCommand, type ErrandJson } from '../../errand-command.ts';
import type { Errand } from '../../lib/gateway/errand.ts';
import { type Reset, resetFailed } from '../../lib/gateway/reset-failed.ts';
import { allFlag, nameArgs, reasonFlag, targets } from '../../targets.ts';

type ResetJson = ErrandJson<Reset['outcome']> & { readonly deaths: number | null; readonly tried: boolean };

export default class GatewayResetFailed extends ErrandCommand {
  static override summary = 'Forget how often gateways have died.';

  static override description =
    'Empties the death tally, so that the pauses begin at 1 s again; a gateway that waits for its next try is tried at once. What is wanted of it stays as it is, and one that is down stays down. "gateway logs --previous" cannot find runs from before.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> coder',
    '<%= config.bin %> <%= command.id %> --all --json',
  ];

  static override args = nameArgs;

  static override flags = { all: allFlag, reason: reasonFlag };

  async run(): Promise<{ schema: string; results: ResetJson[] }> {
    const { args, flags } = await this.parse(GatewayResetFailed);
    const site = this.site(flags.profile);
    const profiles = targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    const errands = await resetFailed(site, profiles, flags.reason ?? null);
    const exit = this.tellErrands(errands, sentence);
    const results = errands.map((errand) => ({
      ...this.errandJson(errand),
      deaths: errand.done?.deaths ?? null,
      tried: errand.done?.state === 'backoff',
    }));
    return this.answer({ results }, exit);
  }
}

function sentence({ profile }: Errand<Reset>, { deaths, state }: Reset): string {
  const forgotten =
    deaths === 0
      ? `${profile}: no death to forget`
      : `${profile}: ${deaths} ${deaths === 1 ? 'death is' : 'deaths are'} forgotten`;
  if (state === 'backoff') return `${forgotten}; it waited for its next try and is tried now.`;
  if (state === 'failed')
    return `${forgotten}; it was given up after exit 78 and stays down: correct it, then "hermes gateway start -p ${profile}".`;
  return `${forgotten}.`;
}
