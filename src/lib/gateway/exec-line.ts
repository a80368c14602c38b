import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { withLock } from '../files/lock.ts';
import { readConfig } from '../profile/config.ts';
import { profileHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { configPath, stateLockPath } from '../profile/paths.ts';
import { quoted } from '../shell.ts';
import type { Site } from '../site.ts';
import { gatewayEnvironment, slotVariables } from './environment.ts';

const lockLimitMs = 10_000;

/** Words as one line that any POSIX shell reads back as the same words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@%+,=-]+$/.test(word) ? word : quoted(word))).join(' ');
}

/** Where the environment of a program in exec mode is for s6-envdir; only its owner (0700) can look inside. */
export const envDir = (home: string): string => join(home, '.gateway-env');

/** Replaces the whole directory; a file holds its value and the one newline that `s6-envdir -f` takes off. */
async function writeEnvDir(home: string, entries: ReadonlyMap<string, string>): Promise<void> {
  await withLock(stateLockPath(home), { timeoutMs: lockLimitMs }, () => {
    const staging = mkdtempSync(`${envDir(home)}.`);
    for (const [key, value] of entries) writeFileSync(join(staging, key), `${value}\n`, { mode: 0o600 });
    // s6-envdir(1): a file of 0 bytes takes the variable away.
    for (const key of slotVariables) writeFileSync(join(staging, key), '', { mode: 0o600 });
    rmSync(envDir(home), { recursive: true, force: true });
    renameSync(staging, envDir(home));
  });
}

/**
 * The one shell-quoted line that a slot in exec mode executes, its environment prepared in `envDir`. Throws `Failure`:
 * 78 when the configuration names no program or cannot work, 69 without s6.
 */
export async function execLine(site: Site, profile: ProfileName): Promise<string> {
  const home = profileHome(site.root, profile);
  const { command } = await readConfig(home);
  if (command === null)
    throw new Failure(`${profile} hosts no program: ${configPath(home)} has no gateway.command`, {
      code: 'NO_COMMAND',
      exit: 78,
      hint: `The built-in gateway runs with "hermes -p ${profile} gateway run".`,
    });
  if (site.binDir === null)
    throw new Failure('s6 is not installed, and s6-envdir brings the environment', {
      code: 'S6_MISSING',
      exit: 69,
      hint: 'Install it ("apt-get install s6"), or say where it is with HERMES_S6_BIN_DIR.',
    });
  await writeEnvDir(home, gatewayEnvironment(home, profile));
  return shellLine([join(site.binDir, 's6-envdir'), '-f', envDir(home), ...command]);
}
