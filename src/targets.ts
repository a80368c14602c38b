import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { Failure } from './lib/failure.ts';
import { parseProfileName, type ProfileName } from './lib/profile/name.ts';
import { listProfiles, noHome } from './lib/profile/store.ts';
import type { Site } from './lib/site.ts';

/** NAME... of commands that take several gateways. */
export const nameArgs = {
  name: Args.string({
    description: 'Profiles whose gateways are meant; see also -p and --all.',
    multiple: true,
    ignoreStdin: true,
  }),
};

/** `--all` beside NAME... and `-p`. */
export const allFlag = Flags.boolean({ summary: 'Every profile.', default: false });

/** `--reason`, of every command that writes to the journal and has targets. */
export const reasonFlag = Flags.string({ summary: 'Why, for "hermes gateway history".', helpValue: 'TEXT' });

/** As long as timers and the s6 programs can wait: 24 days. */
export const longestTimeoutS = 2_147_483;

/** The flags of commands that change something and wait for it. */
export const transitionFlags = {
  all: allFlag,
  timeout: Flags.integer({
    summary: 'Wait at most this long.',
    helpValue: 'SECONDS',
    min: 0,
    max: longestTimeoutS,
  }),
  wait: Flags.boolean({ summary: 'Wait until it is so.', default: true, allowNo: true }),
  reason: reasonFlag,
};

/** What was typed about targets. */
export interface Targets {
  readonly names: readonly string[] | undefined;
  readonly profileFlag: string | undefined;
  readonly all: boolean;
}

/** The profiles meant, each once, in the order typed; throws a Failure (2) for names together with -p or --all. */
export function targets(site: Site, { names = [], profileFlag, all }: Targets): ProfileName[] {
  if ([names.length > 0, profileFlag !== undefined, all].filter(Boolean).length > 1)
    throw new Failure('give names, or -p, or --all: not several of them', { code: 'USAGE', exit: 2 });
  if (all) return allProfiles(site);
  return names.length > 0 ? [...new Set(names.map(parseProfileName))] : [site.profile];
}

/** Of a home that is not there, or not yet mounted, nothing is known: 4, and never that all is well. */
function allProfiles({ root }: Site): ProfileName[] {
  const profiles = listProfiles(root);
  if (profiles.length === 0) throw noHome(root);
  return profiles;
}
