import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { errnoOf, Failure, messageOf } from '../../lib/failure.ts';
import { type TransitionJson, transitionJson, transitionsExit } from '../../lib/gateway/transition.ts';
import { start } from '../../lib/gateway/lifecycle.ts';
import { provision, type Provisioned } from '../../lib/gateway/provision.ts';
import { DotenvError, parseAssignment, parseNewDotenv } from '../../lib/profile/dotenv.ts';
import { parseProfileName } from '../../lib/profile/name.ts';
import { templateFrom } from '../../lib/profile/template.ts';
import { TransitionCommand } from '../../transition-command.ts';

export default class ProfileCreate extends TransitionCommand {
  static override summary =
    'Create a profile with a gateway of its own, which stays down until it is started.';

  static override description =
    'It gets a home with SOUL.md, config.yaml and .env, the next free port from 8643 up, and a slot under s6 where s6 is. A clone takes config.yaml and .env, without their comments, and *.md from the top of the home; what ends in _TOKEN, _KEY, _SECRET or _PASSWORD is left empty and named.';

  static override examples = [
    '<%= config.bin %> profile create coder',
    '<%= config.bin %> profile create writer --clone coder --env CHAT_TOKEN=...',
    '<%= config.bin %> profile create coder --env MODEL=large --env-file secrets.env --start',
  ];

  static override args = {
    name: Args.string({ description: 'Its name: a-z, 0-9, "_", "-".', required: true, ignoreStdin: true }),
  };

  static override flags = {
    clone: Flags.string({
      summary: 'Begin with the configuration and the Markdown files of this profile, without its secrets.',
      helpValue: 'NAME',
    }),
    env: Flags.string({
      summary: 'A variable for its .env; repeatable, wins over --env-file.',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'env-file': Flags.string({ summary: 'A dotenv file to take its variables from.', helpValue: 'FILE' }),
    port: Flags.integer({
      summary: 'Port of its gateway on 127.0.0.1.',
      helpValue: 'PORT',
      min: 1,
      max: 65_535,
    }),
    start: Flags.boolean({ summary: 'Start its gateway, and wait until it is ready.' }),
  };

  async run(): Promise<{ schema: string; start: TransitionJson | null } & Omit<Provisioned, 'notes'>> {
    const { args, flags } = await this.parse(ProfileCreate);
    const site = this.site(flags.profile);
    const name = parseProfileName(args.name);
    const env = new Map([...fromFile(flags['env-file']), ...(flags.env ?? []).map(parseAssignment)]);
    const template =
      flags.clone === undefined ? undefined : await templateFrom(site.root, parseProfileName(flags.clone));
    const { notes, ...created } = await provision(site, { name, env, port: flags.port, template });
    for (const note of notes) this.note(note);
    const port = created.port === null ? 'no port' : `port ${created.port}`;
    this.say(`${name} is created in ${created.home} (${port})${copied(created)}.`);
    if (!flags.start) return this.answer({ ...created, start: null });
    const started = await start(site, name, { wait: true, reason: 'profile create --start' });
    this.tell(site, 'start', started);
    return this.answer({ ...created, start: transitionJson(started) }, transitionsExit([started]));
  }
}

function copied({ clone }: Pick<Provisioned, 'clone'>): string {
  if (clone === null) return '';
  const names = clone.left_out.map(({ file, name }) => `${name} in ${file}`);
  const empty = names.length === 0 ? '' : `; left empty, for it is that one's alone: ${names.join(', ')}`;
  return `, cloned from ${clone.from}${empty}`;
}

const readFacts: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

function fromFile(file: string | undefined): Map<string, string> {
  if (file === undefined) return new Map();
  try {
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) throw new DotenvError(file, 'it is not UTF-8 text');
    return parseNewDotenv(bytes.toString('utf8'), file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const denied = errnoOf(error) === 'EACCES';
    const fact = readFacts[errnoOf(error) ?? ''] ?? messageOf(error);
    throw new Failure(`--env-file ${file} cannot be read: ${fact}`, { code: 'USAGE', exit: denied ? 77 : 2 });
  }
}
