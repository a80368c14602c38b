import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, type CliOptions, runHermes } from './cli.ts';
import { freePort } from './free-port.ts';
import { profileTree, tempHome, type TempHome } from './home.ts';
import { supervisorsOf } from './supervisors.ts';
import { startTree, type SupervisionTree, temporaryScandir } from './tree.ts';
import { until } from './until.ts';

/** A home with gateways on a real supervision tree, and the built program to drive them. */
export interface Fleet {
  readonly home: TempHome;
  readonly tree: SupervisionTree;
  /** Makes profiles whose gateways listen on ports of their own; `config` is the rest of the `gateway:` section. */
  profiles(names: readonly string[], config?: string): Promise<void>;
  run(words: string, options?: CliOptions): Promise<Answer>;
  /** The first of `results` or `gateways` that the command prints as JSON. */
  one(words: string): Promise<Record<string, unknown>>;
  /** What gateway_state.json of a profile holds. */
  state(name: string): Record<string, unknown>;
  /** Absolute path of a file in a profile's home. */
  file(name: string, file: string): string;
  stop(): Promise<void>;
}

/** The rest of a `gateway:` section: it is ready at once, and lets TERM pass unheard for as long as it may, 1 s. */
export const stubborn =
  '  mode: exec\n  notify: true\n  stop_timeout: 1\n  command: [sh, -c, "trap : TERM; echo >&3; while :; do sleep 0.1; done"]\n';

/** Starts a tree of its own over an empty home. */
export async function startFleet(): Promise<Fleet> {
  const home = tempHome();
  const scandir = temporaryScandir();
  // What the images set for everything in the tree.
  const env = { HERMES_HOME: home.path, S6_PROFILE_GATEWAY_SCANDIR: scandir };
  const tree = await startTree({ env, scandir });
  const file = (name: string, path: string) =>
    home.file(name === 'default' ? path : `profiles/${name}/${path}`);
  const run = (words: string, options: CliOptions = {}) =>
    runHermes(words.split(' '), { home: home.path, scandir: tree.scandir, ...options });
  return {
    home,
    tree,
    file,
    run,
    async profiles(names, config = '') {
      for (const name of names) home.write(profileTree(name, await freePort(), config));
    },
    async one(words) {
      const { stdout } = await run(`${words} --json`);
      const answer = JSON.parse(stdout) as Partial<Record<string, Record<string, unknown>[]>>;
      const [first] = answer['results'] ?? answer['gateways'] ?? [];
      if (first === undefined) throw new Error(`no result in ${stdout}`);
      return first;
    },
    state: (name) =>
      JSON.parse(readFileSync(file(name, 'gateway_state.json'), 'utf8')) as Record<string, unknown>,
    async stop() {
      await tree.stop();
      await home.remove();
    },
  };
}

/** Starts `coder` and kills its supervisor: the PID of a gateway that runs on and that nobody supervises. */
export async function orphaned(fleet: Fleet): Promise<number> {
  const { pid } = await fleet.one('gateway start coder');
  writeFileSync(join(fleet.tree.scandir, 'gateway-coder', 'down'), '');
  for (const supervisor of supervisorsOf(fleet.tree.scandir, 'gateway-coder'))
    process.kill(supervisor, 'SIGKILL');
  await until(async () => {
    const { state, since } = await fleet.one('gateway status coder');
    return state === 'unsupervised' && since !== null;
  }, 'it is an orphan beside a new supervisor');
  rmSync(join(fleet.tree.scandir, 'gateway-coder', 'down'));
  return Number(pid);
}
