import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ancestorsOf } from '../gateway/ancestry.ts';
import { argvOf } from '../gateway/proc-stat.ts';

/** What the container was started for, read from the words of its command alone. */
export interface ContainerCommand {
  /** A dashboard container needs no gateways and touches nothing. */
  readonly role: 'gateway' | 'dashboard';
  /** `gateway run` (or bare `gateway`) as the command: the profile it names, `null` when it names none. */
  readonly runsGateway: { readonly profile: string | null; readonly noSupervise: boolean } | null;
}

const valueFlags: readonly string[] = ['-p', '--profile'];

/** Splits words into plain ones and the profile that a flag among them names. */
function withoutFlags(words: readonly string[]): { plain: string[]; profile: string | null } {
  const plain: string[] = [];
  let profile: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (valueFlags.includes(word)) profile = words[++i] ?? null;
    else if (word.startsWith('--profile=')) profile = word.slice('--profile='.length);
    else if (/^-p./.test(word)) profile = word.slice('-p'.length);
    else if (!word.startsWith('-')) plain.push(word);
  }
  return { plain, profile };
}

/** Reads the words of a container's command; a leading `hermes` and flags before the topic do not count. */
export function parseContainerCommand(words: readonly string[]): ContainerCommand {
  const own = basename(words[0] ?? '') === 'hermes' ? words.slice(1) : words;
  const { plain, profile } = withoutFlags(own);
  const [first = '', verb = 'run'] = plain;
  const topic = basename(first);
  if (topic === 'dashboard') return { role: 'dashboard', runsGateway: null };
  const asksForHelp = own.includes('--help') || own.includes('-h');
  if (topic !== 'gateway' || verb !== 'run' || asksForHelp) return { role: 'gateway', runsGateway: null };
  return { role: 'gateway', runsGateway: { profile, noSupervise: own.includes('--no-supervise') } };
}

/** The process whose arguments hold the words of the container's command. */
export interface Carrier {
  readonly pid: number;
  readonly words: readonly string[];
}

/** The words behind our image's entry or behind s6-overlay's main wrapper; null when this is not the process that carries them. */
export function wordsOf(argv: readonly string[], isPid1: boolean): readonly string[] | null {
  // A script's argv is that of its interpreter: the path comes second. Below the engine's own init it comes later.
  const entry = argv.findIndex((word) => /\/container\/(init|command)$/.test(word));
  if (entry === 1 || (entry > 1 && isPid1)) return argv.slice(entry + 1);
  const boundary = argv.findIndex((word) => basename(word) === 'main-wrapper.sh');
  if (boundary < 0) return null;
  const stage2 = argv.slice(0, boundary);
  const script = stage2.findIndex((word) => basename(word) === 'rc.init');
  return isPid1 || (script >= 0 && stage2[script + 1] === 'top') ? argv.slice(boundary + 1) : null;
}

// A host sees the processes of the containers that run on it, with one PID more for each namespace below.
function isOfThisContainer(proc: string, pid: number): boolean {
  try {
    return /^NSpid:\t\d+$/m.test(readFileSync(`${proc}/${pid}/status`, 'utf8'));
  } catch {
    return false; // it ended meanwhile, or is hidden from us: not the one that is looked for
  }
}

/** Finds who carries the container's command: PID 1, else the lowest PID that does; null where there is none. */
export function commandCarrier(proc = '/proc'): Carrier | null {
  const pids = readdirSync(proc)
    .filter((entry) => /^[0-9]+$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
  for (const pid of pids) {
    const words = wordsOf(argvOf(pid, proc), pid === 1);
    if (words !== null && isOfThisContainer(proc, pid)) return { pid, words };
  }
  return null;
}

/** What this container was started for; a container without a command, or no container at all, has gateways. */
export function containerCommand(proc = '/proc'): ContainerCommand {
  return parseContainerCommand(commandCarrier(proc)?.words ?? []);
}

/** Whether a process belongs to the container's command: what a `docker exec` starts has no parent in the container. */
export function belongsToCommand(carrier: Carrier | null, pid: number): boolean {
  return carrier !== null && [...ancestorsOf(pid)].includes(carrier.pid);
}
