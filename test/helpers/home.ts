import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { killProcessesOf } from './leftovers.ts';

/** A tree of text: relative path to content; a path that ends in `/` is an empty directory. */
export type Tree = Readonly<Record<string, string>>;

export interface TempHome {
  /** Absolute path of the root home, unique to this test. */
  readonly path: string;
  /** Writes more of the tree. */
  write(tree: Tree): void;
  /** Absolute path of a file in it. */
  file(name: string): string;
  /** Kills whatever still runs on this home, then removes it. */
  remove(): Promise<void>;
}

/** A root home in a temporary directory, filled from a tree of text. */
export function tempHome(tree: Tree = {}): TempHome {
  const path = mkdtempSync(join(tmpdir(), 'hermes-home-'));
  // An unprivileged gateway must reach it; mkdtemp makes it 0700.
  chmodSync(path, 0o755);
  const file = (name: string) => join(path, name);
  const write = (more: Tree) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(name.endsWith('/') ? file(name) : dirname(file(name)), { recursive: true });
      if (!name.endsWith('/')) writeFileSync(file(name), content);
    }
  };
  write(tree);
  return {
    path,
    write,
    file,
    async remove() {
      await killProcessesOf(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** What makes `profiles/NAME` a profile: the marker, and a config of its own port, so that no test takes a default one. */
export function profileTree(name: string, port: number, config = ''): Tree {
  const directory = name === 'default' ? '' : `profiles/${name}/`;
  return {
    [`${directory}SOUL.md`]: `# ${name}\n`,
    [`${directory}config.yaml`]: `gateway:\n  port: ${port}\n${config}`,
  };
}
