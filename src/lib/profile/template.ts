import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRegular } from '../files/read.ts';
import { newConfig, readConfig } from './config.ts';
import { parseDotenv } from './dotenv.ts';
import { profileHome, type RootHome } from './home.ts';
import type { ProfileName } from './name.ts';
import { configPath, dotenvPath } from './paths.ts';
import { isSecretName } from './secret.ts';
import { assertProfile } from './store.ts';

/** What a new profile begins with. */
export interface Template {
  /** The profile that it was taken from; null: it is nobody's. */
  readonly from: ProfileName | null;
  /** Texts at the top of the home, by name: SOUL.md and its like. */
  readonly texts: ReadonlyMap<string, string>;
  /** Its gateway goes without a port, and config.yaml is to name none. */
  readonly portless: boolean;
  /** config.yaml, with this port. */
  readonly config: (port: number | null) => string;
  readonly env: ReadonlyMap<string, string>;
  /** Names of what was left out of `.env` and of config.yaml, because it belongs to one profile alone. */
  readonly leftOut: { readonly env: readonly string[]; readonly config: readonly string[] };
  /** The port that its program's own words name, which nobody can change for it. */
  readonly fixedPort: number | null;
}

/** What a profile begins with that is nobody's copy. */
export const plainTemplate: Template = {
  from: null,
  texts: new Map(),
  portless: false,
  config: (port) => (port === null ? '' : newConfig(port)),
  env: new Map(),
  leftOut: { env: [], config: [] },
  fixedPort: null,
};

/**
 * Takes a profile's configuration and personality: config.yaml, `.env` and the Markdown files at the top of its home.
 * Its secrets, and whatever is of its gateway's running, are never taken. Throws `Failure`: 4 for an unknown profile,
 * 78 for files that cannot be used, 77.
 */
export async function templateFrom(root: RootHome, from: ProfileName): Promise<Template> {
  assertProfile(root, from);
  const home = profileHome(root, from);
  const { port, command } = await readConfig(home);
  const variables = [...parseDotenv(readRegular(dotenvPath(home)) ?? '', dotenvPath(home))];
  const config = await withoutSecrets(readRegular(configPath(home)) ?? '');
  return {
    from,
    texts: textsOf(home),
    portless: port === null && command !== null,
    config: config.text,
    env: new Map(variables.filter(([name]) => !isSecretName(name))),
    leftOut: {
      env: variables.map(([name]) => name).filter(isSecretName),
      config: config.leftOut,
    },
    fixedPort: command?.some((word) => word.split(/\D+/).includes(String(port))) === true ? port : null,
  };
}

function textsOf(home: string): Map<string, string> {
  const files = readdirSync(home, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && /^[^.].*\.md$/i.test(entry.name),
  );
  return new Map(files.map(({ name }) => [name, readRegular(join(home, name)) ?? '']));
}

/** A config.yaml where secrets are empty, and with another port; without comments, for nobody can tell what is in them. */
async function withoutSecrets(
  text: string,
): Promise<{ text: (port: number | null) => string; leftOut: string[] }> {
  const { isMap, isPair, isScalar, parseDocument, visit } = await import('yaml');
  const document = parseDocument(text);
  const leftOut: string[] = [];
  document.comment = document.commentBefore = null;
  visit(document, {
    Node(_, node) {
      node.comment = node.commentBefore = null;
    },
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || !isSecretName(String(pair.key.value))) return;
      if (isMap(pair.value) || (isScalar(pair.value) && pair.value.value === null)) return;
      const parents = path.filter(isPair).map(({ key }) => key);
      leftOut.push([...parents, pair.key].map((key) => (isScalar(key) ? String(key.value) : '?')).join('.'));
      pair.value = document.createNode(null);
    },
  });
  return {
    leftOut,
    text: (port) => {
      if (port !== null) document.setIn(['gateway', 'port'], port);
      return document.toString({ lineWidth: 0 });
    },
  };
}
