import type * as z from 'zod/mini';
import type { Document, LineCounter, YAMLError } from 'yaml';
import { Failure } from '../failure.ts';
import { readRegular } from '../files/read.ts';
import { configPath } from './paths.ts';

/** The `gateway:` section of a profile's config.yaml, defaults filled in. */
export interface GatewayConfig {
  /** TCP port on 127.0.0.1; null: none was given. */
  readonly port: number | null;
  /** The program to host, as argv; null: the built-in echo gateway. */
  readonly command: readonly string[] | null;
  /** Whether the hosted program says on descriptor 3 that it is ready. */
  readonly notify: boolean;
  /** `host`: a runner watches the program; `exec`: the program takes the runner's place. */
  readonly mode: 'host' | 'exec';
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeoutS: number;
}

export const defaultConfig: GatewayConfig = {
  port: null,
  command: null,
  notify: false,
  mode: 'host',
  stopTimeoutS: 8,
};

/** A config.yaml that cannot work: which file, which line, which key. */
export class ConfigError extends Failure {
  readonly file: string;
  readonly line: number | null;

  constructor(file: string, line: number | null, fact: string, cause?: unknown) {
    const place = line === null ? file : `${file}, line ${line}`;
    super(`${place}: ${fact}`, { code: 'CONFIG_INVALID', exit: 78, hint: `Edit ${file}.`, cause });
    this.file = file;
    this.line = line;
  }
}

/** What `profile create` writes. */
export function newConfig(gatewayPort: number): string {
  return `gateway:\n  port: ${gatewayPort}\n`;
}

/** Bytes; a boot pass must not spend seconds on one profile's file. */
const largestFile = 128 * 1024;
const untouched = /^gateway:\n {2}port: ([1-9][0-9]{0,4})\n$/;

/** The port of a file that is still as `profile create` wrote it: a boot with a thousand of them needs no YAML. */
function untouchedPort(text: string): number | null {
  const value = Number(untouched.exec(text)?.[1] ?? 0);
  return value > 0 && value <= 65535 ? value : null;
}

function keyOf(issue: z.core.$ZodIssue): PropertyKey[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return ['gateway', ...issue.path, ...unknown];
}

function factOf(issue: z.core.$ZodIssue): string {
  const key = keyOf(issue).map(String).join('.');
  return issue.code === 'unrecognized_keys' ? `${key} is an unknown key` : `${key} ${issue.message}`;
}

/** The line of a key; of its parent where the parser kept no place for it. */
function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = node !== null && typeof node === 'object' && 'range' in node ? node.range : null;
    if (Array.isArray(range) && typeof range[0] === 'number') return counter.linePos(range[0]).line;
  }
  return null;
}

function yamlFact({ code, message }: YAMLError): string {
  // The parser's own words are for those who program it.
  if (code === 'MULTIPLE_DOCS') return 'a second document begins ("---"), and only one can count';
  return `this is no YAML: ${message}`;
}

async function parse(file: string, text: string): Promise<GatewayConfig> {
  const yaml = await import('yaml');
  const counter = new yaml.LineCounter();
  let document: Document;
  let content: unknown;
  try {
    document = yaml.parseDocument(text, { lineCounter: counter, prettyErrors: false });
    const error = document.errors[0];
    if (error !== undefined) throw new ConfigError(file, counter.linePos(error.pos[0]).line, yamlFact(error));
    content = document.toJS();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(file, null, 'this is no usable YAML', error);
  }
  if (content === null || content === undefined) return defaultConfig;
  if (typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError(file, 1, 'must be sections with keys, such as "gateway:"');
  const section: unknown = 'gateway' in content ? content.gateway : null;
  const { gatewaySchema } = await import('./gateway-schema.ts');
  const result = gatewaySchema.safeParse(section ?? {});
  if (!result.success) {
    const issue = result.error.issues[0];
    if (issue === undefined) throw new ConfigError(file, null, 'gateway is not valid');
    throw new ConfigError(file, lineOf(document, counter, keyOf(issue)), factOf(issue));
  }
  const given = result.data;
  const config: GatewayConfig = {
    port: given.port ?? defaultConfig.port,
    command: given.command ?? defaultConfig.command,
    notify: given.notify ?? defaultConfig.notify,
    mode: given.mode ?? defaultConfig.mode,
    stopTimeoutS: given.stop_timeout ?? defaultConfig.stopTimeoutS,
  };
  if (config.mode === 'exec' && config.command === null)
    throw new ConfigError(
      file,
      lineOf(document, counter, ['gateway', 'mode']),
      'gateway.mode "exec" needs gateway.command',
    );
  return config;
}

/** The configuration of the gateway in `home`; all defaults when there is no file. Throws `ConfigError` (78). */
export async function readConfig(home: string): Promise<GatewayConfig> {
  const file = configPath(home);
  let text: string | null;
  try {
    text = readRegular(file, largestFile);
  } catch (error) {
    if (error instanceof Failure && error.exit !== 77)
      throw new ConfigError(file, null, `it ${error.message.slice(file.length + 1)}`, error);
    throw error;
  }
  if (text === null) return defaultConfig;
  const gatewayPort = untouchedPort(text);
  return gatewayPort === null ? parse(file, text) : { ...defaultConfig, port: gatewayPort };
}
