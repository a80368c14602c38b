import { readBootLog } from '../boot/boot-log-lines.ts';
import { Failure } from '../failure.ts';
import { readJournal } from '../gateway/journal.ts';
import { type Collision, preflight } from '../gateway/preflight.ts';
import { siteManager } from '../gateway/registry.ts';
import { readState, stateTrouble } from '../gateway/state.ts';
import { gatewayStatus, type GatewayStatus } from '../gateway/status.ts';
import { type Wish, wishOf } from '../gateway/wish.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, serviceName } from '../profile/name.ts';
import { profileExists } from '../profile/store.ts';
import type { Site } from '../site.ts';
import { inOrder } from './chronicle.ts';
import { deathEvents } from './deaths.ts';
import type { BootEvent, CommandEvent, Event } from './event.ts';
import { type MemoryKills, memoryKills } from './memory-kills.ts';

/** Everything that tells why one gateway is as it is. */
export interface Case {
  readonly profile: ProfileName;
  readonly status: GatewayStatus;
  readonly wish: Wish;
  /** What the gateway itself last said about its end. */
  readonly exitReason: string | null;
  /** Why gateway_state.json cannot be taken at its word; null: it can. */
  readonly stateTrouble: string | null;
  /** What to do about it where a start or stop cannot put it right. */
  readonly stateHint: string | null;
  /** Oldest first. */
  readonly events: readonly Event[];
  readonly memory: MemoryKills;
  /** Another gateway with the same port. */
  readonly collision: Collision | null;
  readonly now: Date;
}

/** The answer: why a gateway is as it is, and what to type next, a sentence each. */
export interface Verdict {
  readonly why: string;
  readonly next: string;
}

export interface Gathered {
  readonly facts: Case;
  /** What could not be read, a sentence each. */
  readonly troubles: readonly string[];
}

/** Reads all there is about one gateway, with `lineCount` log lines a death. Throws `Failure`: 4, 69, 77 like status. */
export async function gatherCase(site: Site, profile: ProfileName, lineCount: number): Promise<Gathered> {
  const { root } = site;
  const troubles: string[] = [];
  const commands = fenced(troubles, () => commandsOf(site, profile));
  const boots = fenced(troubles, () => bootsOf(site, profile));
  const manager = siteManager(site);
  const service = serviceName(profile);
  const hasSlot = manager.exists(service);
  if (!hasSlot && !profileExists(root, profile)) assertNotDeleted(profile, commands);
  const [status] = await gatewayStatus(site, [profile]);
  if (status === undefined) throw new Error(`no status of ${profile}`);
  const tally = hasSlot ? await manager.tally(service) : [];
  const deaths = fenced(troubles, () => deathEvents(root, profile, tally, { boots, commands }, lineCount));
  const reading = readState(profileHome(root, profile));
  const reason = reading.kind === 'state' ? reading.data['exit_reason'] : null;
  const collisions = await preflight(site, [profile]);
  const facts: Case = {
    profile,
    status,
    wish: wishOf(reading),
    exitReason: typeof reason === 'string' && reason !== '' ? reason : null,
    stateTrouble: stateTrouble(reading),
    stateHint: reading.kind === 'unreadable' ? reading.hint : null,
    events: inOrder(boots, [...commands, ...deaths]),
    memory: memoryKills(),
    collision: collisions.find(({ kind }) => kind === 'port') ?? null,
    now: site.now(),
  };
  return { facts, troubles };
}

function bootsOf({ root }: Site, profile: ProfileName): BootEvent[] {
  return readBootLog(root)
    .filter((line) => line.profile === profile)
    .map((line) => ({ kind: 'boot', ...line }));
}

function commandsOf(site: Site, profile: ProfileName): CommandEvent[] {
  return readJournal(site)
    .filter((entry) => entry.profile === profile && !Number.isNaN(Date.parse(entry.at)))
    .map((entry): CommandEvent => {
      const at = new Date(Date.parse(entry.at) - entry.seconds * 1000);
      return { kind: 'command', at, entry };
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function assertNotDeleted(profile: ProfileName, commands: readonly CommandEvent[]): void {
  // A delete stops the gateway meanwhile: the stop is the later command.
  const last = commands.findLast(({ entry }) => ['create', 'delete'].includes(entry.action))?.entry;
  if (last?.action !== 'delete' || last.outcome !== 'done') return;
  throw new Failure(`${profile} was deleted by ${last.actor.user} (${last.actor.via}) at ${last.at}`, {
    code: 'GATEWAY_NOT_REGISTERED',
    exit: 4,
    hint: `Make it anew with "hermes profile create ${profile}".`,
  });
}

/** One source that cannot be read leaves the others. */
function fenced<T>(troubles: string[], read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    troubles.push(error.message);
    return [];
  }
}
