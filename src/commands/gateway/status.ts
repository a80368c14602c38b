import { BaseCommand } from '../../base-command.ts';
import { worstExit } from '../../lib/failure.ts';
import { gatewayStatus, type GatewayStatus, statusExit } from '../../lib/gateway/status.ts';
import { statusWords } from '../../lib/gateway/words.ts';
import { allFlag, nameArgs, targets } from '../../targets.ts';

const colours = {
  ready: 'green',
  up: 'green',
  starting: 'yellow',
  stopping: 'yellow',
  backoff: 'red',
  failed: 'red',
  down: 'dim',
  unsupervised: 'red',
  missing: 'red',
} as const;

export default class GatewayStatusCommand extends BaseCommand {
  static override summary = 'Show what gateways are, what is wanted of them, and how the two differ.';

  static override description =
    'States: ready, up (nobody will say ready), starting, stopping, backoff (it keeps dying), failed (given up after 78), down, unsupervised, missing (no slot). Exit code 0 when up, ready and wanted; 3 when down as intended, starting or stopping; 1 when wanted and actual differ; 4 without a slot or supervisor.';

  static override examples = [
    '<%= config.bin %> gateway status coder',
    '<%= config.bin %> gateway status --all --json',
  ];

  static override args = nameArgs;

  static override flags = { all: allFlag };

  async run(): Promise<{ schema: string; manager: 's6'; gateways: GatewayStatus[] }> {
    const { args, flags } = await this.parse(GatewayStatusCommand);
    const site = this.site(flags.profile);
    const profiles = targets(site, { names: args.name, profileFlag: flags.profile, all: flags.all });
    const gateways = await gatewayStatus(site, profiles);
    this.say('Manager: s6 (container supervisor)');
    const width = Math.max(...profiles.map(({ length }) => length));
    for (const gateway of gateways) {
      const { profile, state, drift } = gateway;
      const word = this.paint(colours[state], state.padEnd('unsupervised'.length));
      this.say(`${profile.padEnd(width)}  ${word}  ${statusWords(gateway, site.now())}`.trimEnd());
      if (drift !== null) this.say(`${' '.repeat(width)}  ${drift}`);
    }
    return this.answer({ manager: 's6', gateways }, worstExit(gateways.map(statusExit)));
  }
}
