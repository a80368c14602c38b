import * as Flags from '@oclif/core/flags';
import { ErrandCommand, type ErrandJson } from '../../errand-command.ts';
import { type Reloaded, reloadAll } from '../../lib/gateway/reload.ts';
import { selectAll } from '../../lib/gateway/selection.ts';
import { longestTimeoutS, nameArgs, targets, transitionFlags } from '../../targets.ts';

const usualLimitS = 10;

type ReloadJson = ErrandJson<Reloaded['outcome']> & { readonly read_at: string | null };

export default class GatewayReload extends ErrandCommand {
  static override summary = 'Have running gateways read their configuration again.';

  static override description =
    'Sends SIGHUP. The built-in gateway takes a changed port over without ending a request, keeps what it had when the new configuration cannot work (exit code 78), and tells which of the two. A program of your own gets the signal and no more is known. --all: those that are up.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> coder',
    '<%= config.bin %> <%= command.id %> --all --json',
  ];

  static override args = nameArgs;

  static override flags = {
    all: transitionFlags.all,
    timeout: Flags.integer({
      summary: 'Wait at most this long for the answer.',
      helpValue: 'SECONDS',
      min: 0,
      max: longestTimeoutS,
      default: usualLimitS,
    }),
    reason: transitionFlags.reason,
  };

  async run(): Promise<{ schema: string; results: ReloadJson[] }> {
    const { args, flags } = await this.parse(GatewayReload);
    const site = this.site(flags.profile);
    const named = targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    const profiles = flags.all ? (await selectAll(site, 'restart')).profiles : named;
    if (profiles.length === 0) this.say('No gateway is up.');
    const errands = await reloadAll(site, profiles, {
      timeoutMs: flags.timeout * 1000,
      reason: flags.reason ?? null,
    });
    const exit = this.tellErrands(errands, ({ profile, seconds }, { outcome, pid }) =>
      outcome === 'done'
        ? `${profile} has read its configuration again (pid ${pid}, ${seconds.toFixed(1)} s).`
        : `s6 sends SIGHUP to ${profile} (pid ${pid}), a program of its own: only its log can tell what it makes of it.`,
    );
    const results = errands.map((errand) => ({
      ...this.errandJson(errand),
      read_at: errand.done?.readAt ?? null,
    }));
    return this.answer({ results }, exit);
  }
}
