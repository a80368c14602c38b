import * as Args from '@oclif/core/args';
import { ErrandCommand, type ErrandJson } from '../../errand-command.ts';
import { parseSignal, signalGateway } from '../../lib/gateway/signal.ts';
import { reasonFlag, targets } from '../../targets.ts';

export default class GatewaySignal extends ErrandCommand {
  static override summary = 'Send a signal to a running gateway.';

  static override description =
    'HUP, QUIT, USR1, USR2 and WINCH reach the program that the gateway hosts; what it makes of them, only its log can tell. TERM, INT and KILL are refused: they would end a gateway that is still wanted up, and s6 would start it again. "gateway stop" and "gateway restart" say what is wanted first, and use force when it takes too long.';

  static override examples = ['<%= config.bin %> <%= command.id %> coder USR1'];

  static override args = {
    name: Args.string({ description: 'Profile whose gateway is meant.', required: true, ignoreStdin: true }),
    signal: Args.string({ description: 'Its name, with or without SIG.', required: true, ignoreStdin: true }),
  };

  static override flags = { reason: reasonFlag };

  async run(): Promise<{ schema: string; signal: string; results: ErrandJson<'sent'>[] }> {
    const { args, flags } = await this.parse(GatewaySignal);
    const site = this.site(flags.profile);
    const named = targets(site, { names: [args.name], profileFlag: flags.profile, all: false });
    const [profile = site.profile] = named;
    const signal = parseSignal(args.signal, profile);
    const errands = await signalGateway(site, profile, signal, flags.reason ?? null);
    const exit = this.tellErrands(errands, (_, { pid }) => `s6 sends ${signal} to ${profile} (pid ${pid}).`);
    return this.answer({ signal, results: errands.map((errand) => this.errandJson(errand)) }, exit);
  }
}
