import type { ProfileName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import type { Transition, TransitionOptions, Verb } from './transition.ts';

/** Brings gateways up, down or up anew, all at once and each on its own: one result a profile, in order; never throws for one profile's trouble. */
export function transitionAll(
  site: Site,
  verb: Verb,
  profiles: readonly ProfileName[],
  options: TransitionOptions,
): Promise<Transition[]> {
  throw new Error([site.scandir, verb, ...profiles, options.wait].join(' '));
}

async function transition(
  site: Site,
  verb: Verb,
  profile: ProfileName,
  options: TransitionOptions,
): Promise<Transition> {
  const [result] = await transitionAll(site, verb, [profile], options);
  if (result === undefined) throw new Error('a transition without a result');
  return result;
}

/** Brings one gateway up and waits until it is ready, from whatever state. */
export const start = (site: Site, profile: ProfileName, options: TransitionOptions): Promise<Transition> =>
  transition(site, 'start', profile, options);

/** Brings one gateway down, planned, and waits until it is. */
export const stop = (site: Site, profile: ProfileName, options: TransitionOptions): Promise<Transition> =>
  transition(site, 'stop', profile, options);

/** Ends the gateway's process and brings up a new one. */
export const restart = (site: Site, profile: ProfileName, options: TransitionOptions): Promise<Transition> =>
  transition(site, 'restart', profile, options);
