import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../src/lib/process.ts';
import { runJson, startHermes } from '../test/helpers/cli.ts';
import { freePort } from '../test/helpers/free-port.ts';
import { tempHome, type TempHome, type Tree } from '../test/helpers/home.ts';
import { until } from '../test/helpers/until.ts';

const bin = fileURLToPath(new URL('../bin', import.meta.url));
const limitMs = 60_000;

/** What `gateway status --json` says of one gateway. */
export interface Seen {
  readonly state: string;
  readonly deaths: number;
  readonly next_try: string | null;
}

/** A home with a supervision tree of its own, on which an incident happens; keeps what is typed and answered. */
export class Stage {
  readonly home: TempHome;
  /** Of the profiles coder and writer. */
  readonly ports: readonly [number, number];
  transcript = '';
  readonly #scandir: string;
  #tree: ChildProcess | null = null;

  private constructor(home: TempHome, ports: readonly [number, number]) {
    this.home = home;
    this.ports = ports;
    this.#scandir = `${home.path}-service`;
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(tempHome({ 'SOUL.md': '' }), [await freePort(), await freePort()]);
    await stage.boot();
    return stage;
  }

  /** The container starts. */
  async boot(): Promise<void> {
    mkdirSync(this.#scandir, { recursive: true });
    const tree = startHermes(['boot', 'supervise'], this.#where);
    this.#tree = tree;
    let said = '';
    tree.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    tree.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(() => said.includes('In another terminal'), `the tree is up: ${said}`, limitMs);
  }

  /** The container ends, and its tmpfs with it. */
  async end(): Promise<void> {
    const tree = this.#tree;
    this.#tree = null;
    if (tree?.exitCode === null) {
      const over = new Promise((resolve) => tree.once('close', resolve));
      tree.kill('SIGTERM');
      await over;
    }
    rmSync(this.#scandir, { recursive: true, force: true });
  }

  /** Writes files of the home. */
  write(files: Tree): void {
    this.home.write(files);
  }

  /** Done before the story begins, and not told. */
  async before(...words: string[]): Promise<void> {
    await runJson(words, this.#where);
  }

  /** Waits until `gateway status` says what is asked for. */
  async sees(profile: string, so: (seen: Seen) => boolean): Promise<void> {
    const look = async (): Promise<boolean> => {
      const { json } = await runJson(['gateway', 'status', profile], this.#where);
      const [seen] = (json as { gateways: Seen[] }).gateways;
      return seen !== undefined && so(seen);
    };
    await until(look, `${profile} is seen as the story has it`, limitMs);
  }

  /** What the operator types, and the answer as a terminal shows it; an exit code other than 0 in brackets. */
  async types(line: string): Promise<string> {
    const path = `${bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
    const env = {
      PATH: path,
      HOME: '/tmp',
      HERMES_HOME: this.home.path,
      S6_PROFILE_GATEWAY_SCANDIR: this.#scandir,
    };
    const { stdout, exitCode } = await run('/bin/bash', ['-c', `exec 2>&1\n${line}`], {
      env,
      timeoutMs: limitMs,
    });
    const code = exitCode === 0 ? '' : `[exit code ${exitCode ?? 'none'}]\n`;
    this.transcript += `${this.transcript === '' ? '' : '\n'}${this.#told(`$ ${line}\n${stdout}`)}${code}`;
    return stdout;
  }

  async close(): Promise<void> {
    await this.end();
    await this.home.remove();
  }

  // Places have the names that they have in a container.
  #told(text: string): string {
    return text.replaceAll(this.#scandir, '/run/service').replaceAll(this.home.path, '/opt/data');
  }

  get #where() {
    return { home: this.home.path, scandir: this.#scandir, limitMs };
  }
}
