import type { GatewayConfig } from '../profile/config.ts';
import type { ProfileName } from '../profile/name.ts';
import type { ServiceFiles } from '../s6/service-directory.ts';
import { quoted } from '../shell.ts';

/** What a slot is rendered from, besides the profile and its config. */
export interface SlotSite {
  /** Directory of the s6 programs. */
  readonly binDir: string;
  /** Directories of the Node and of the `hermes` that render the slot: first on the gateway's PATH. */
  readonly programDirs: readonly string[];
  /** The user to drop to when started as root; null: stay who we are. */
  readonly runtimeUserName: string | null;
  /** Whether the container's environment comes through `<binDir>/with-contenv`. */
  readonly withContenv: boolean;
}

export type SlotConfig = Pick<GatewayConfig, 'mode' | 'notify' | 'stopTimeoutS'>;

/** The files of a profile's service directory (contract, section 4); `down`: it does not start by itself. */
export function slotFiles(
  profile: ProfileName,
  config: SlotConfig,
  site: SlotSite,
  options: { readonly down: boolean },
): ServiceFiles {
  const files = new Map<string, { content: string; mode: number }>([
    ['type', { content: 'longrun\n', mode: 0o644 }],
    ['run', { content: runScript(profile, config, site), mode: 0o755 }],
    ['finish', { content: finishScript, mode: 0o755 }],
    ['log/run', { content: logScript(profile, site), mode: 0o755 }],
    ['timeout-kill', { content: `${Math.round(config.stopTimeoutS * 1000)}\n`, mode: 0o644 }],
    ['max-death-tally', { content: '100\n', mode: 0o644 }],
  ]);
  if (saysReady(config)) files.set('notification-fd', { content: '3\n', mode: 0o644 });
  return { files, down: options.down };
}

/** Whether somebody will tell s6 that the gateway is ready: a program in exec mode only when it notifies itself. */
export function saysReady(config: SlotConfig): boolean {
  return config.mode === 'host' || config.notify;
}

const finishScript = `#!/bin/sh
# 78: its configuration cannot work. 125 asks s6 not to try again.
[ "$1" = 78 ] && exit 125
exit 0
`;

function runScript(profile: ProfileName, config: SlotConfig, site: SlotSite): string {
  const named = profile !== 'default';
  const hermes = named ? `hermes -p ${profile} gateway` : 'hermes gateway';
  const home = `$HERMES_HOME${named ? `/profiles/${profile}` : ''}`;
  const lock = `"${home}/gateway.lock"`;
  return `${preamble(site, 'exec 4>&2 2>&1\n')}
export PATH=${site.programDirs.map(quoted).join(':')}:"\${PATH:-/usr/bin:/bin}"
export HERMES_S6_SUPERVISED_CHILD=1
${named ? 'unset HERMES_PROFILE' : 'export HERMES_PROFILE=default'}
${sayWhoHolds(site.binDir, lock)}
exec "$@" ${site.binDir}/s6-setlock -n ${lock} \\
  ${config.mode === 'host' ? `${hermes} run` : `/bin/sh -c ${quoted(execScript(hermes, home))}`}
`;
}

/**
 * The kernel tells nobody who holds a lock in another container: whoever gets it leaves its host name beside it, and
 * whoever does not, says that name. What of it fails is for the lock itself to report, which comes after.
 */
function sayWhoHolds(binDir: string, lock: string): string {
  return `lock=${lock}
here=$(readlink /proc/self/ns/pid)
"$@" ${binDir}/s6-setlock -n "$lock" /bin/sh -c 'echo "$(uname -n) $1" >"$0.holder"; exit 0' "$lock" "$here" 2>/dev/null
if [ $? = 1 ]; then
  read -r host holder 2>/dev/null <"$lock.holder"
  if [ "$holder" = "$here" ]; then
    echo "gateway.lock is held by another process of this container"
    exit 1
  fi
  echo "gateway.lock is held by \${host:-somebody}, another container on this volume: trying again in 10 s" >&4
  sleep 10 &
  trap 'kill $!; exit 143' TERM
  wait
  exit 1
fi
exec 4>&-`;
}

/** In exec mode no wrapper stays: the pause is slept here, ended by a trap, and the program takes the shell's place. */
function execScript(hermes: string, home: string): string {
  return `answer=$(${hermes} command) || exit
newline="
"
pause=\${answer%%"$newline"*}
if [ "$pause" != 0 ]; then
  sleep "$pause" &
  trap "kill $!; exit 143" TERM
  wait
  trap - TERM
fi
cd "${home}" || exit
eval "exec \${answer#*"$newline"}"`;
}

function logScript(profile: ProfileName, site: SlotSite): string {
  return `${preamble(site)}
directory="$HERMES_HOME/logs/gateways/${profile}"
if trouble=$("$@" mkdir -p "$directory" 2>&1); then
  "$@" ${site.binDir}/s6-setlock -n "$directory/lock" true 2>/dev/null
  [ $? != 1 ] || trouble="another logger writes the log of ${profile}: waiting until it ends"
fi
if [ -n "$trouble" ]; then
  [ -e held ] || echo "hermes: $trouble" >&2
  "$@" touch held
  sleep 2
  exit 1
fi
"$@" rm -f held
exec "$@" ${site.binDir}/s6-log p${profile} 1 p n10 s1000000 T "$directory"
`;
}

/** Finds HERMES_HOME when the script runs, so that nothing of the volume is baked in; leaves in "$@" how to drop. */
function preamble(site: SlotSite, first = ''): string {
  return `#!${site.withContenv ? `${site.binDir}/with-contenv sh` : '/bin/sh'}
# Rendered by hermes: a change made here does not last.
${first}set --
${site.runtimeUserName === null ? '' : dropTo(site.runtimeUserName, site.binDir)}if [ -z "\${HERMES_HOME:-}" ]; then
  read -r pid1 </proc/1/comm
  if [ "$pid1" = s6-svscan ]; then HERMES_HOME=/opt/data; else HERMES_HOME="$HOME/.hermes"; fi
fi
case "\${HERMES_HOME%/*}" in
  */profiles) [ -d "$HERMES_HOME/profiles" ] || HERMES_HOME="\${HERMES_HOME%/profiles/*}" ;;
esac
export HERMES_HOME
`;
}

/** A UID that is neither root nor the runtime user (docker run --user) keeps its own HOME. */
function dropTo(user: string, binDir: string): string {
  return `if ! id -u ${user} >/dev/null 2>&1; then
  echo "hermes: there is no user ${user} here for gateways to run as"
  exit 78
fi
if [ "$(id -u)" = 0 ]; then set -- ${binDir}/s6-setuidgid ${user}; fi
if [ $# -gt 0 ] || [ "$(id -un 2>/dev/null)" = ${user} ]; then export HOME=~${user}; fi
`;
}
