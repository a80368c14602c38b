import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slotFiles } from '../../src/lib/gateway/slot.ts';
import { readConfig, defaultConfig } from '../../src/lib/profile/config.ts';
import { defaultProfile } from '../../src/lib/profile/name.ts';
import { S6ServiceManager } from '../../src/lib/s6/manager.ts';
import type { ServiceStatus } from '../../src/lib/s6/status.ts';
import { tempHome, type TempHome } from './home.ts';
import { bring } from './service.ts';
import { binDir, startTree, type SupervisionTree } from './tree.ts';
import { until } from './until.ts';

const service = 'gateway-default';
const program = fileURLToPath(new URL('../../bin', import.meta.url));

/** The default profile's gateway of a home of its own, in its real slot under a real s6-svscan. */
export class Supervised {
  readonly home: TempHome;
  readonly manager: S6ServiceManager;
  readonly #tree: SupervisionTree;

  private constructor(home: TempHome, tree: SupervisionTree) {
    this.home = home;
    this.#tree = tree;
    this.manager = new S6ServiceManager({ scandir: tree.scandir, binDir });
  }

  /** Registers the slot, down. `config` is the `gateway:` section, one key a line. */
  static async register(config: readonly string[]): Promise<Supervised> {
    const home = tempHome({
      'SOUL.md': '# default\n',
      'config.yaml': `gateway:\n${config.map((line) => `  ${line}\n`).join('')}`,
    });
    const tree = await startTree({ env: { HERMES_HOME: home.path } });
    const gateway = new Supervised(home, tree);
    const files = slotFiles(
      defaultProfile,
      await readConfig(home.path).catch(() => defaultConfig),
      {
        binDir,
        programDirs: [dirname(process.execPath), program],
        runtimeUserName: null,
        withContenv: false,
      },
      { down: true },
    );
    try {
      await gateway.manager.register(service, files, null);
    } catch (error) {
      await gateway.remove();
      throw error;
    }
    return gateway;
  }

  /** Wants it up and waits until it is ready. */
  async start(): Promise<number> {
    await bring('up', this.manager.directory(service));
    return this.pid();
  }

  /** Wants it up and waits for nothing. */
  launch(): Promise<void> {
    return this.manager.send(service, ['-U']);
  }

  /** Wants it down, and how its process ended. */
  async stop(): Promise<ServiceStatus> {
    await bring('down', this.manager.directory(service));
    return this.status();
  }

  send(flag: string): Promise<void> {
    return this.manager.send(service, [flag]);
  }

  async status(): Promise<ServiceStatus> {
    return (await this.manager.status(service)) ?? assert.fail('it has a supervisor');
  }

  /** The PID that s6 supervises. */
  async pid(): Promise<number> {
    return (await this.status()).pid ?? assert.fail('it is up');
  }

  /** Waits until a process other than `former` is up and ready. */
  successor(former: number): Promise<number> {
    return until(async () => {
      const { ready, pid } = await this.status();
      return ready && pid !== former && pid;
    }, `a successor of ${former} is ready`);
  }

  /** How its former processes ended, oldest first: `exitcode 143`, `signal SIGKILL`. */
  ends(): string[] {
    const { stdout } = spawnSync(join(binDir, 's6-svdt'), [this.manager.directory(service)], {
      encoding: 'utf8',
    });
    return [...stdout.matchAll(/^@\S+ (.+)$/gm)].map(([, end]) => end ?? '');
  }

  state(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.home.file('gateway_state.json'), 'utf8')) as Record<string, unknown>;
  }

  /** What the gateway and its program have said so far. */
  log(): string {
    return readFileSync(this.home.file('logs/gateways/default/current'), 'utf8');
  }

  async remove(): Promise<void> {
    await this.#tree.stop();
    await this.home.remove();
  }
}
