import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { svscanWords } from '../src/lib/s6/svscan.ts';
import { freePort } from '../test/helpers/free-port.ts';
import { killProcessesOf } from '../test/helpers/leftovers.ts';
import { profileTree, tempHome, type TempHome } from '../test/helpers/home.ts';
import { binDir, temporaryScandir } from '../test/helpers/tree.ts';
import { until } from '../test/helpers/until.ts';
import type { Candidate } from './measure.ts';

// tmpfs, as a container's scandir is. The volume is there too: how long fsync takes is the disk's affair.
process.env.TMPDIR = '/dev/shm';

const entry = join(import.meta.dirname, '../bin/run.js');

/** The yardstick: the same Node, with nothing to do. */
export const bareNode: Candidate = { argv: [process.execPath, join(import.meta.dirname, 'empty.cjs')] };

/** A home and a scandir of their own. */
export interface World {
  readonly home: TempHome;
  readonly scandir: string;
  /** What tells a program about this world. */
  readonly env: Readonly<Record<string, string>>;
  /** A command line of the built program in this world. */
  hermes(words: string, more?: Omit<Candidate, 'argv' | 'env'>): Candidate & { argv: [string, ...string[]] };
  /** The same as argv alone, to be run before something. */
  words(line: string): string[];
  /** Runs one and returns what it said. */
  run(line: string): string;
  /** Makes profiles in `desired` state, each with a port of its own, or with this `gateway:` section. */
  profiles(names: readonly string[], desired: 'running' | 'stopped', config?: string): Promise<void>;
  /** Makes profiles that never run. */
  paper(names: readonly string[], desired: 'running' | 'stopped'): void;
  /** Starts an s6-svscan on the scandir. */
  scan(): Promise<void>;
  end(): Promise<void>;
}

/** Makes an empty world on tmpfs. */
export function makeWorld(): World {
  const home = tempHome();
  const scandir = temporaryScandir();
  const env = { HERMES_HOME: home.path, S6_PROFILE_GATEWAY_SCANDIR: scandir };
  const argv = (line: string): [string, ...string[]] => [process.execPath, entry, ...line.split(' ')];
  const profile = (name: string, desired: string, port: number, config?: string) => {
    home.write(profileTree(name, port));
    home.write({ [`profiles/${name}/gateway_state.json`]: `{"desired_state":"${desired}"}\n` });
    if (config !== undefined) home.write({ [`profiles/${name}/config.yaml`]: `gateway:\n${config}` });
  };
  return {
    home,
    scandir,
    env,
    hermes: (line, more = {}) => ({ argv: argv(line), env, ...more }),
    words: argv,
    run(line) {
      const [node, ...words] = argv(line);
      return execFileSync(node, words, { env: { PATH: '/usr/bin:/bin', ...env }, encoding: 'utf8' });
    },
    async profiles(names, desired, config) {
      for (const name of names) profile(name, desired, await freePort(), config);
    },
    paper(names, desired) {
      for (const name of names) profile(name, desired, 20_000);
    },
    async scan() {
      const [file, ...args] = svscanWords(binDir, scandir);
      const child = spawn(file, args, {
        detached: true,
        stdio: 'ignore',
        env: { PATH: '/usr/bin:/bin', HOME: '/tmp', TREE_OF_TEST: scandir, ...env },
      });
      child.unref();
      await until(() => isHeard(scandir), `s6-svscan listens on ${scandir}`);
    },
    async end() {
      if (isHeard(scandir)) execFileSync(join(binDir, 's6-svscanctl'), ['-t', scandir]);
      await killProcessesOf(scandir);
      await home.remove();
      execFileSync('/bin/rm', ['-rf', scandir]);
    },
  };
}

function isHeard(scandir: string): boolean {
  try {
    execFileSync(join(binDir, 's6-svscanctl'), [scandir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
