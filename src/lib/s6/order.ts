import { join } from 'node:path';
import { type ProcessResult, runApart } from '../process.ts';
import type { S6CommandError } from './errors.ts';
import { asking, parseReport, type Refusal, type Report, telling } from './order-script.ts';
import { parseSvstat, type ServiceStatus } from './status.ts';
import { commandError, type S6Tools, waitedOf, type Words } from './tools.ts';

/** What one of several services is told, and what is waited for. */
export interface Order {
  readonly service: string;
  /**
   * Flags of s6-svc in one word, e.g. `-U`, or in two, of which the second is told when it is down: `-d -U`. Null: it is told
   * nothing, and was up and not ready when the caller looked.
   */
  readonly flags: string | null;
  /**
   * `down`: until it is down and its `finish` has ended. Else a regular expression over the events that
   * s6-supervise(1) sends from the order on, e.g. `u(U|d)`; null: nothing is waited for.
   */
  readonly until: string | null;
  readonly timeoutMs: number;
}

/**
 * How an order ended; an error: it was not sent. `interrupted`: the waiting was ended from outside, and s6 goes on;
 * `unheard`: it was sent, and nobody could wait for what comes of it.
 */
export type Heard = 'reached' | 'timeout' | 'interrupted' | 'unheard' | S6CommandError;

export interface Answer {
  readonly heard: Heard;
  /** Why it is unheard. */
  readonly error?: S6CommandError;
  /** What s6 said of it behind the events (null: it has no supervisor); undefined: it was not asked. */
  readonly status?: ServiceStatus | null;
}

/** Orders that differ in their services alone: one program waits for all of them. */
type Group = Omit<Order, 'service'> & { readonly services: readonly string[] };

/**
 * Gives many orders side by side; whatever waits subscribes to the events before it sends. It has begun when this
 * returns.
 */
export async function giveOrders(
  tools: S6Tools,
  scandir: string,
  orders: readonly Order[],
  signal?: AbortSignal,
): Promise<Map<string, Answer>> {
  const groups = groupsOf(tools, scandir, orders);
  const answers = await Promise.all(groups.map((group) => give(tools, scandir, group, signal)));
  return new Map(answers.flat());
}

/** Services that one listener is given, each of which takes two of its open files (measured, 2.11.3). */
const heardTogether = 200;

function groupsOf(tools: S6Tools, scandir: string, orders: readonly Order[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { service, flags, until, timeoutMs } of orders) {
    // Who looks again does so for one service. Limits that lie within a second are one.
    const alone = flags === null && until !== 'down' ? service : null;
    const owner = tools.listener(join(scandir, service), ['']);
    const key = JSON.stringify([flags, until, Math.ceil(timeoutMs / 1000), owner, alone]);
    const known = groups.get(key);
    const longestMs = Math.max(timeoutMs, known?.timeoutMs ?? 0);
    groups.set(key, { flags, until, timeoutMs: longestMs, services: [...(known?.services ?? []), service] });
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.services.length / heardTogether) }, (_, index) => ({
      ...group,
      services: group.services.slice(index * heardTogether, (index + 1) * heardTogether),
    })),
  );
}

type Answered = [service: string, answer: Answer];

async function give(
  tools: S6Tools,
  scandir: string,
  group: Group,
  signal?: AbortSignal,
  isTold = false,
): Promise<Answered[]> {
  const { services, flags, until } = group;
  if (flags === null && until === null) return services.map((service) => [service, { heard: 'reached' }]);
  const [file, ...args] = words(tools, scandir, group);
  const result = await runApart(file, args, signal);
  const report = parseReport(result.stdout);
  const heard = heardBy(group, result, report);
  // One service can keep the listener from listening, or end it: then each of the others gets its own.
  const isShared = heard instanceof Error && services.length > 1;
  const told = isTold || report.isTold;
  const rest = told ? { ...group, flags: null } : group;
  const answers = services.map(async (service): Promise<Answered[]> => {
    const refusal = report.refused.get(service);
    if (refusal !== undefined) return [[service, { heard: refused(group, service, refusal) }]];
    if (isShared) return give(tools, scandir, { ...rest, services: [service] }, signal, told);
    if (told && heard instanceof Error) return [[service, { heard: 'unheard', error: heard }]];
    const status = report.statuses.get(service);
    return [[service, { heard, ...(status !== undefined && { status: parseSvstat(status) }) }]];
  });
  return (await Promise.all(answers)).flat();
}

// What was waited for may have happened between the caller's look and our subscription. Then no event will come: the
// look is taken again behind the subscription, and ends the listener when the service is not any more as it was.
const lookAgain = `case $("$1" -o up,ready "$2") in $3) ;; *) kill "$PPID" ;; esac`;
const endedByLook = 128 + 15;

// A listener that has no time to subscribe would not even send.
const subscribeMs = 1_000;

function words(tools: S6Tools, scandir: string, { services, flags, until, timeoutMs }: Group): Words {
  const [first = '', ...others] = services.map((service) => join(scandir, service));
  const names = services.join(' ');
  const limit = String(Math.max(subscribeMs, Math.round(timeoutMs)));
  const tell = (notify: string, wait: readonly string[]): Words => [
    '/bin/sh',
    ...['-c', telling, 'tell', tools.path('s6-svc'), notify, flags ?? '', limit, scandir, names, ...wait],
  ];
  if (until === null) return tell('', []);
  if (until === 'down') {
    const wait = tools.listener(first, [tools.path('s6-svwait'), '-D', '-t', limit]);
    return flags === null ? [...wait, first, ...others] : tell('', wait);
  }
  const asItWas = until === 'd' ? 'true *' : 'true false';
  const look = ['/bin/sh', '-c', lookAgain, 'look', tools.path('s6-svstat'), first, asItWas];
  // A blank before each and an empty word behind the last: a block, as execline(1) hands it on.
  const block = [first, ...others].flatMap((directory) => [` ${directory}/event`, ` (${until})|x`]);
  const listen = tools.listener(first, [
    tools.path('s6-ftrig-listen'),
    ...['-a', '-t', limit, ...block, ''],
    ...(flags === null ? look : tell(tools.path('s6-ftrig-notify'), [])),
  ]);
  return ['/bin/sh', '-c', asking, 'ask', tools.path('s6-svstat'), scandir, names, ...listen];
}

function heardBy(
  { services: [service = ''], flags }: Group,
  result: ProcessResult,
  { ended }: Report,
): Heard {
  const exitCode = ended ?? result.exitCode;
  if (exitCode === null && result.signal === null && result.errno === null) return 'interrupted';
  if (exitCode === endedByLook) return 'reached';
  const end = { ...result, exitCode, errno: result.errno ?? errnoOf(exitCode) };
  const waited = waitedOf(end);
  if (waited === 'reached' || waited === 'timeout') return waited;
  return commandError(end, flags === null ? 's6-svwait' : `s6-svc ${flags}`, service);
}

function refused({ flags }: Group, service: string, { exitCode, stderr }: Refusal): S6CommandError {
  const errno = errnoOf(exitCode);
  const result = { exitCode, signal: null, stdout: '', stderr, timedOut: false, errno };
  return commandError(result, `s6-svc ${flags ?? ''}`, service);
}

// sh(1): 127 = no such program, 126 = it may not be run.
function errnoOf(exitCode: number | null): string | null {
  if (exitCode === 127) return 'ENOENT';
  return exitCode === 126 ? 'EACCES' : null;
}
