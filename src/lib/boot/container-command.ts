import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

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
  const [topic, verb = 'run'] = plain;
  if (topic === 'dashboard') return { role: 'dashboard', runsGateway: null };
  if (topic !== 'gateway' || verb !== 'run') return { role: 'gateway', runsGateway: null };
  return { role: 'gateway', runsGateway: { profile, noSupervise: own.includes('--no-supervise') } };
}

const wrapper = 'main-wrapper.sh';

/** The words behind s6-overlay's main wrapper, or null when this is not the process that carries them. */
export function wordsBehindWrapper(argv: readonly string[], isPid1: boolean): string[] | null {
  const boundary = argv.findIndex((word) => basename(word) === wrapper);
  if (boundary < 0) return null;
  const ran = argv.slice(0, boundary);
  const initScript = ran.findIndex((word) => basename(word) === 'rc.init');
  if (!isPid1 && (initScript < 0 || !ran.slice(initScript).includes('top'))) return null;
  return argv.slice(boundary + 1);
}

function argvOf(proc: string, pid: string): string[] {
  try {
    return readFileSync(`${proc}/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
  } catch {
    return []; // it ended meanwhile, or is hidden from us: not the one that is looked for
  }
}

/**
 * The container's command in an s6-overlay image: behind the wrapper in PID 1's argv, else in that of the
 * process with the lowest PID that runs `rc.init top ... main-wrapper.sh`. Empty when there is none.
 */
export function overlayCommand(proc = '/proc'): string[] {
  const first = wordsBehindWrapper(argvOf(proc, '1'), true);
  if (first !== null) return first;
  const pids = readdirSync(proc)
    .filter((entry) => /^[0-9]+$/.test(entry) && entry !== '1')
    .sort((a, b) => Number(a) - Number(b));
  for (const pid of pids) {
    const words = wordsBehindWrapper(argvOf(proc, pid), false);
    if (words !== null) return words;
  }
  return [];
}
