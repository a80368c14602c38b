import { BaseCommand } from './base-command.ts';
import { failureJson } from './lib/failure.ts';
import { lastLines } from './lib/gateway/log-history.ts';
import { neutralised } from './lib/gateway/log-line.ts';
import { transitionAll } from './lib/gateway/lifecycle.ts';
import { type Collision, collisionSentence, preflight } from './lib/gateway/preflight.ts';
import { restartRolling, type Rolling } from './lib/gateway/rolling.ts';
import { selectAll } from './lib/gateway/selection.ts';
import {
  type Transition,
  type TransitionJson,
  transitionJson,
  transitionsExit,
  type Verb,
} from './lib/gateway/transition.ts';
import type { ProfileName } from './lib/profile/name.ts';
import type { Site } from './lib/site.ts';
import { type Targets, targets } from './targets.ts';

export interface TransitionWords extends Targets {
  readonly timeout?: number | undefined;
  readonly wait: boolean;
  readonly reason?: string | undefined;
  /** How many are restarted at once, one after another otherwise; undefined: all side by side. */
  readonly maxUnavailable?: number | undefined;
}

export interface TransitionAnswer {
  readonly schema: string;
  readonly results: TransitionJson[];
  /** Of a rolling restart: those whose turn never came. */
  readonly untouched?: ProfileName[];
}

const shownLogLines = 5;

/** What start, stop and restart share: one transition, a sentence a gateway, the worst exit code. */
export abstract class TransitionCommand extends BaseCommand {
  protected async transition(verb: Verb, words: TransitionWords): Promise<TransitionAnswer> {
    const site = this.site(words.profileFlag);
    // Names beside --all are refused before --all is made out.
    const named = targets(site, words);
    const { profiles, seen } = words.all ? await selectAll(site, verb) : { profiles: named, seen: undefined };
    if (profiles.length === 0) this.say(verb === 'start' ? 'No gateway is wanted up.' : 'No gateway is up.');
    let warned: Promise<Collision[]> | undefined;
    const warn = () => (warned ??= verb === 'start' ? this.warned(site, profiles) : Promise.resolve([]));
    const waiting = new AbortController();
    // A second Ctrl-C ends the program as always.
    process.once('SIGINT', () => waiting.abort());
    const announced = new Set<string>();
    const options = {
      timeoutMs: words.timeout === undefined ? undefined : words.timeout * 1000,
      wait: words.wait,
      reason: words.reason ?? null,
      signal: waiting.signal,
      meanwhile: () => void warn(),
      announce: (transition: Transition) => {
        if (announced.has(transition.profile)) return;
        announced.add(transition.profile);
        this.tell(site, verb, transition);
      },
    };
    const { maxUnavailable } = words;
    const { results, untouched }: Partial<Rolling> & Pick<Rolling, 'results'> =
      maxUnavailable === undefined
        ? { results: await transitionAll(site, verb, profiles, { ...options, seen }) }
        : await restartRolling(site, profiles, { ...options, maxUnavailable });
    const shared = await warn();
    results.forEach(options.announce);
    if (untouched !== undefined && untouched.length > 0)
      this.note(
        `Not touched: ${untouched.join(', ')}. Go on with "hermes gateway restart ${untouched.join(' ')} --rolling".`,
      );
    const told = results.map((result) => transitionJson({ ...result, note: noteWith(shared, result) }));
    const rest = untouched === undefined ? {} : { untouched: [...untouched] };
    return this.answer({ results: told, ...rest }, transitionsExit(results));
  }

  /** What these profiles share with others, told while s6 is at work. */
  private async warned(site: Site, profiles: readonly ProfileName[]): Promise<Collision[]> {
    const shared = await preflight(site, profiles);
    for (const collision of shared) this.note(`Warning: ${collisionSentence(collision)}`);
    return shared;
  }

  /** Tells one result: a sentence on stdout, or the failure with the gateway's last words on stderr. */
  protected tell(site: Site, verb: Verb, transition: Transition): void {
    const { error, note, profile, log } = transition;
    if (error === null) {
      this.say(note === null ? sentence(verb, transition) : `${sentence(verb, transition)} (${note})`);
      return;
    }
    if (this.jsonEnabled()) return;
    const { message, hint } = failureJson(error);
    const lines = log === null ? [] : lastLines(site.root, profile, shownLogLines);
    const begun = log === null ? site.now() : new Date(log.from);
    const said = lines
      .filter(({ at }) => at === null || at >= begun)
      .map(({ text }) => `  | ${neutralised(text)}`);
    const told = [`Error: ${message.includes(profile) ? '' : `${profile}: `}${message}`, note, hint, ...said];
    this.note(told.filter((line) => line !== null).join('\n'));
  }
}

/** What was noted on the way, and what the gateway shares with others. */
function noteWith(shared: readonly Collision[], { profile, note }: Transition): string | null {
  const own = shared.filter(({ profiles }) => profiles.includes(profile)).map(collisionSentence);
  return [note, ...own].filter((text) => text !== null).join('; ') || null;
}

/** Only what was seen is said. */
function sentence(verb: Verb, { profile, outcome, seen, pid, seconds }: Transition): string {
  const took = `${seconds.toFixed(1)} s`;
  const facts = pid === null ? took : `pid ${pid}, ${took}`;
  switch (seen) {
    case null:
      return `${profile}: s6 is asked to ${verb} it; not waited for.`;
    case 'down':
      return outcome === 'already' ? `${profile} is down already.` : `${profile} is down (${took}).`;
    case 'up':
    case 'ready': {
      const up = seen === 'ready' ? 'up and ready' : 'up';
      if (outcome === 'already') return `${profile} is ${up} already (pid ${pid ?? 0}).`;
      return `${profile} is ${verb === 'restart' ? `restarted, ${up}` : up} (${facts}).`;
    }
  }
}
