import type { Answer } from '../helpers/cli.ts';
import { until } from '../helpers/until.ts';
import { docker, dockerOutput } from './engine.ts';
import type { Volume } from './volume.ts';

/** What `gateway status --json` says of one gateway, as far as the tests look. */
export interface Status {
  readonly profile: string;
  readonly wanted: string | null;
  readonly state: string;
  readonly ready: boolean;
  readonly pid: number | null;
}

export interface ContainerOptions {
  /** Becomes /opt/data. */
  readonly volume: Volume;
  readonly readOnly?: boolean;
  /** Further words for `docker run`. */
  readonly options?: readonly string[];
  readonly command?: readonly string[];
  /** Who types the commands; the image's own user when it is null. */
  readonly user?: string | null;
}

interface ExecOptions {
  readonly user?: string | null;
  readonly env?: Readonly<Record<string, string>>;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly argv: string;
}

let count = 0;

/** A container that runs, or has run, on the private engine. */
export class Container {
  readonly name: string;
  readonly #volume: Volume;
  readonly #user: string | null;
  #passes: number;

  private constructor(name: string, { volume, user = 'hermes' }: ContainerOptions) {
    this.name = name;
    this.#volume = volume;
    this.#user = user;
    this.#passes = this.#passesSoFar();
  }

  /** `docker run -d` without a network; resolves as soon as the container has been started. */
  static async start(image: string, given: ContainerOptions): Promise<Container> {
    count += 1;
    const container = new Container(`hermes-${process.pid}-${count}`, given);
    const run = ['run', '-d', '--name', container.name, '--network', 'none'];
    const mount = ['-v', `${given.volume.path}:/opt/data${given.readOnly === true ? ':ro' : ''}`];
    await dockerOutput([...run, ...mount, ...(given.options ?? []), image, ...(given.command ?? [])]);
    return container;
  }

  /** `docker exec` of these words. */
  exec(words: readonly string[], { user = this.#user, env = {} }: ExecOptions = {}): Promise<Answer> {
    const as = user === null ? [] : ['-u', user];
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

  /** What `gateway status` says of one gateway. */
  async status(profile: string): Promise<Status> {
    const answer = (await this.json('gateway', 'status', profile)) as { gateways?: [Status] };
    if (answer.gateways === undefined) throw new Error(JSON.stringify(answer));
    return answer.gateways[0];
  }

  /** Waits until `gateway status --all` shows these gateways in these states. */
  async allReach(wanted: ReadonlyMap<string, string>): Promise<void> {
    await until(
      async () => {
        const { gateways } = (await this.json('gateway', 'status', '--all')) as { gateways: Status[] };
        const states = new Map(gateways.map(({ profile, state }) => [profile, state]));
        const late = [...wanted].filter(([profile, state]) => states.get(profile) !== state);
        if (late.length > 0)
          throw new Error(late.map(([name]) => `${name} is ${String(states.get(name))}`).join(', '));
        return true;
      },
      `${wanted.size} gateways are where they should be`,
      60_000,
    );
  }

  /** Waits until `gateway status` shows this state word; gives what it then says. */
  reaches(profile: string, state: string): Promise<Status> {
    return until(async () => {
      const status = await this.status(profile);
      if (status.state === state) return status;
      throw new Error(JSON.stringify(status));
    }, `${profile} is ${state}`);
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

  /** `docker restart`, and waits for the new boot. */
  async restart(): Promise<void> {
    this.#passes = this.#passesSoFar();
    await dockerOutput(['restart', '-t', '30', this.name]);
    await this.booted();
  }

  /** `docker kill` and `docker start`, and waits for the new boot. */
  async killAndStart(): Promise<void> {
    this.#passes = this.#passesSoFar();
    await dockerOutput(['kill', this.name]);
    await dockerOutput(['start', this.name]);
    await this.booted();
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
  async processes(): Promise<Process[]> {
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

  /** Waits until the boot pass is in the log and s6 answers. */
  async booted(): Promise<this> {
    await until(() => this.#passesSoFar() > this.#passes, `the boot pass of ${this.name}`).catch(
      async (error: unknown) => {
        throw new Error(await this.logs(), { cause: error });
      },
    );
    await until(async () => {
      const { code, stdout, stderr } = await this.exec(['hermes', 'gateway', 'status', '--all']);
      if (code === 0 || code === 1 || code === 3) return true;
      throw new Error(stdout + stderr);
    }, `s6 answers in ${this.name}`);
    return this;
  }

  #passesSoFar(): number {
    return this.#volume.bootLog().filter((line) => line.includes(' profile=default ')).length;
  }
}
