import { constants } from 'node:fs';
import { isAccessible } from '../files/access.ts';
import { becomeProgram } from '../process.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import type { Site } from '../site.ts';
import { afterSignal, type Ending } from './ending.ts';
import { start } from './lifecycle.ts';
import { desiredState, readState } from './state.ts';

export interface RedirectOptions {
  /** Words of the command line that a supervised gateway is not given. */
  readonly dropped: readonly string[];
  readonly say: (line: string) => void;
}

/**
 * Starts the gateway under s6 in place of the container's command and says so. An operator's stop is kept: the container
 * was restarted, not the gateway. Throws what kept the gateway from being started.
 */
export async function redirect(site: Site, profile: ProfileName, options: RedirectOptions): Promise<void> {
  const { dropped, say } = options;
  const stopped = desiredState(readState(profileHome(site.root, profile))) === 'stopped';
  if (stopped)
    say(
      `The gateway of ${profile} was stopped by an operator and stays so: hermes gateway start -p ${profile}`,
    );
  else {
    const { error } = await start(site, profile, { wait: false, reason: "the container's command" });
    if (error !== null) throw error;
    say(`The gateway of ${profile} runs under s6 supervision now: s6 restarts it when it crashes.`);
  }
  say('This container stays up whatever becomes of it. To run the gateway in the foreground instead:');
  say('  gateway run --no-supervise    (or HERMES_GATEWAY_NO_SUPERVISE=1 in the environment)');
  if (dropped.length > 0) say(`Not carried into supervision: ${dropped.join(' ')}`);
}

export interface StayOptions {
  readonly exitOnFailure: boolean;
  /** Where signals come from: `process`. */
  readonly signals: { on(signal: NodeJS.Signals, listener: () => void): unknown };
}

// A stop makes a `down` file; wanted down without one is s6 giving up on it, by the 125 of its finish script.
const untilFailed = `cd "$2" || exit
while :; do
  "$1/s6-svwait" -D . >/dev/null 2>&1
  set -- "$1" "$2" $("$1/s6-svstat" -o wantedup,exitcode .)
  if [ "$3" = false ] && [ ! -e down ]; then exit "$4"; fi
  "$1/s6-svwait" -u . >/dev/null 2>&1 || sleep 1
done`;

/**
 * Stays as the container's command without anything of ours in memory: as `sleep`, or with `exitOnFailure` as a shell
 * that ends with the gateway's code once s6 gives it up. Where this process cannot be replaced, waits for SIGTERM (143).
 */
export async function stay(
  site: Site,
  profile: ProfileName,
  { exitOnFailure, signals }: StayOptions,
): Promise<Ending> {
  const slot = `${site.scandir}/${serviceName(profile)}`;
  if (exitOnFailure) becomeProgram('/bin/sh', ['-c', untilFailed, 'sh', site.binDir ?? '', slot], site.env);
  const sleep = ['/bin/sleep', '/usr/bin/sleep'].find((path) => isAccessible(path, constants.X_OK));
  if (sleep !== undefined) becomeProgram(sleep, ['infinity'], site.env);
  const alive = setInterval(() => undefined, 2 ** 31 - 1);
  await new Promise((resolve) => signals.on('SIGTERM', () => resolve(undefined)));
  clearInterval(alive);
  return afterSignal('SIGTERM', false);
}
