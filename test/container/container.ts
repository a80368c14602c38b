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
import type { Answer } from '../helpers/cli.ts';
import { until } from '../helpers/until.ts';
import { docker, dockerOutput } from './engine.ts';

/** The runtime user of both images. */
export const hermesUid = 10_000;

/** A directory of the host that containers get as /opt/data; the test looks into it from outside. */
export class Volume {
  readonly path = mkdtempSync(join(tmpdir(), 'hermes-volume-'));

  constructor(uid = hermesUid) {
    chmodSync(this.path, 0o755);
    chownSync(this.path, uid, uid);
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** Writes a file as the runtime user would. */
  write(name: string, text: string, uid = hermesUid): void {
    const path = join(this.path, name);
    const made = mkdirSync(dirname(path), { recursive: true });
    if (made !== undefined)
      for (let d = dirname(path); d.length >= made.length; d = dirname(d)) chownSync(d, uid, uid);
    writeFileSync(path, text);
    chownSync(path, uid, uid);
  }

  /** `gateway_state.json` of a profile, parsed. */
  state(profile: string): Record<string, unknown> {
    const home = profile === 'default' ? '' : `profiles/${profile}/`;
    return JSON.parse(this.read(`${home}gateway_state.json`)) as Record<string, unknown>;
  }

  bootLog(): string {
    return this.has('logs/container-boot.log') ? this.read('logs/container-boot.log') : '';
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

let count = 0;

/** A container that runs, or has run, on the private engine. */
export class Container {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** `docker run -d` without a network; resolves as soon as the container has been started. */
  static async start(
    image: string,
    {
      volume,
      options = [],
      command = [],
    }: { volume?: Volume; options?: readonly string[]; command?: readonly string[] },
  ): Promise<Container> {
    count += 1;
    const name = `hermes-${process.pid}-${count}`;
    const mount = volume === undefined ? [] : ['-v', `${volume.path}:/opt/data`];
    await dockerOutput([
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'none',
      ...mount,
      ...options,
      image,
      ...command,
    ]);
    return new Container(name);
  }

  /** `docker exec` of these words as the image's user, or as another one. */
  exec(
    words: readonly string[],
    { user, env = {} }: { user?: string; env?: Readonly<Record<string, string>> } = {},
  ) {
    const as = user === undefined ? [] : ['-u', user];
    const pairs = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    return docker(['exec', ...as, ...pairs, this.name, ...words]);
  }

  /** `docker exec` of `hermes` with these words, which must succeed; gives its standard output. */
  async hermes(...words: string[]): Promise<string> {
    const answer = await this.exec(['hermes', ...words]);
    if (answer.code === 0) return answer.stdout;
    throw new Error(
      `hermes ${words.join(' ')} ended with ${String(answer.code)}:\n${answer.stdout}${answer.stderr}`,
    );
  }

  /** What `--json` of these words prints, whatever the exit code. */
  async json(...words: string[]): Promise<unknown> {
    const answer = await this.exec(['hermes', ...words, '--json']);
    return JSON.parse(answer.stdout) as unknown;
  }

  /** Everything that `docker logs` shows. */
  async logs(): Promise<string> {
    const { stdout, stderr } = await docker(['logs', this.name]);
    return stdout + stderr;
  }

  /** `docker stop`; gives the container's exit code. */
  async stop(limitS = 30): Promise<number> {
    await dockerOutput(['stop', '-t', String(limitS), this.name]);
    return this.ended();
  }

  async restart(limitS = 30): Promise<void> {
    await dockerOutput(['restart', '-t', String(limitS), this.name]);
  }

  /** Waits for the container's end; gives its exit code. */
  async ended(): Promise<number> {
    return Number(await dockerOutput(['wait', this.name]));
  }

  async running(): Promise<boolean> {
    return (await dockerOutput(['inspect', '-f', '{{.State.Running}}', this.name])) === 'true';
  }

  remove(): Promise<Answer> {
    return docker(['rm', '-f', '-v', this.name]);
  }

  /** The processes inside as `pid ppid state argv`, without the shell that lists them. */
  async processes(): Promise<{ pid: number; parent: number; state: string; argv: string }[]> {
    const script =
      'for p in /proc/[0-9]*; do [ "$p" = "/proc/$$" ] && continue; s=$(cat "$p/stat" 2>/dev/null) || continue; ' +
      'printf "%s\\t%s\\t%s\\n" "${p#/proc/}" "${s##*) }" "$(tr "\\0" " " <"$p/cmdline")"; done';
    const { stdout } = await this.exec(['sh', '-c', script]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [pid = '', stat = '', argv = ''] = line.split('\t');
        const [state = '', parent = ''] = stat.split(' ');
        return { pid: Number(pid), parent: Number(parent), state, argv: argv.trimEnd() };
      });
  }

  /** Waits until the tree answers, which is after the boot pass. */
  async booted(): Promise<this> {
    await until(
      async () => (await this.exec(['s6-svscanctl', '-a', '/run/service'])).code === 0,
      `${this.name} has booted`,
    );
    return this;
  }
}
