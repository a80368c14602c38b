import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.ts';
import { stepPairs } from '../../lib/boot/boot-log.ts';
import { exportLines, scandirOfUser } from '../../lib/boot/scandir.ts';
import { supervise } from '../../lib/boot/supervise.ts';
import { Failure } from '../../lib/failure.ts';
import type { Site } from '../../lib/site.ts';

export default class BootSupervise extends BaseCommand {
  static override summary =
    'Run a supervision tree for this home in the foreground, on any machine that has s6.';
  static override description = `Rebuilds the slots, brings back the gateways that are wanted up, and prints the lines that tell a second terminal about the tree. INT and TERM end it in order: every gateway drains within its own grace.`;
  static override examples = [
    '<%= config.bin %> boot supervise',
    '<%= config.bin %> boot supervise --scandir /tmp/tree',
  ];
  static override flags = {
    scandir: Flags.string({
      helpValue: 'DIR',
      summary:
        'Where the slots go (default: S6_PROFILE_GATEWAY_SCANDIR, else below XDG_RUNTIME_DIR, else a private temporary directory).',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(BootSupervise);
    if (flags.scandir === '')
      throw new Failure('--scandir names no directory', {
        code: 'USAGE',
        exit: 2,
        hint: 'Give one, or leave it out.',
      });
    const given = flags.scandir ?? process.env['S6_PROFILE_GATEWAY_SCANDIR'] ?? '';
    if (given !== '') return this.#supervise(this.site(flags.profile, resolve(given)));
    const { scandir, privateDir } = scandirOfUser(process.env);
    try {
      return await this.#supervise(this.site(flags.profile, scandir));
    } finally {
      if (privateDir !== null) rmSync(privateDir, { recursive: true, force: true });
    }
  }

  async #supervise(site: Site): Promise<object> {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    await supervise(site, {
      stop: stop.signal,
      outputFd: this.jsonEnabled() ? 2 : 1,
      onUp: ({ steps, warnings }, pid) => {
        for (const warning of warnings) this.note(`Warning: ${warning}`);
        for (const step of steps) this.say(`reconcile: ${stepPairs(step)}`);
        this.say(`Supervising ${site.root} (s6-svscan is pid ${pid}). In another terminal:`);
        for (const line of exportLines(site)) this.say(line);
      },
    });
    this.say(`The tree of ${site.root} has ended.`);
    return this.answer({ home: site.root, scandir: site.scandir });
  }
}
