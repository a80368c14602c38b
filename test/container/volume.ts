import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The runtime user of both images. */
export const hermesUid = 10_000;

/** A directory of the host that containers get as /opt/data; the test looks into it from outside. */
export class Volume {
  readonly path: string;

  constructor(uid = hermesUid) {
    this.path = mkdtempSync(join(tmpdir(), 'hermes-volume-'));
    chmodSync(this.path, 0o755);
    chownSync(this.path, uid, uid);
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** Writes a file, and the directories that it needs, as the runtime user would. */
  write(name: string, text: string, mode = 0o644): void {
    const directories = dirname(name).split('/');
    for (let depth = 1; depth <= directories.length; depth += 1) {
      const directory = join(this.path, ...directories.slice(0, depth));
      mkdirSync(directory, { recursive: true });
      chownSync(directory, hermesUid, hermesUid);
    }
    writeFileSync(join(this.path, name), text);
    chmodSync(join(this.path, name), mode);
    chownSync(join(this.path, name), hermesUid, hermesUid);
  }

  /** Makes a profile with this state, as if it had been used before. */
  writeProfile(name: string, state?: object, config = 'gateway:\n  port: 8650\n'): void {
    this.write(`profiles/${name}/SOUL.md`, `# ${name}\n`);
    this.write(`profiles/${name}/config.yaml`, config);
    if (state !== undefined) this.write(`profiles/${name}/gateway_state.json`, JSON.stringify(state));
  }

  /** `gateway_state.json` of a profile, parsed. */
  state(profile: string): Record<string, unknown> {
    const home = profile === 'default' ? '' : `profiles/${profile}/`;
    return JSON.parse(this.read(`${home}gateway_state.json`)) as Record<string, unknown>;
  }

  /** The lines of the boot log so far, oldest first. */
  bootLog(): string[] {
    if (!this.has('logs/container-boot.log')) return [];
    return this.read('logs/container-boot.log').trimEnd().split('\n');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
