import { join } from 'node:path';
import type { ProcessResult } from '../process.ts';
import { runBatch, type Words } from './batch.ts';
import type { S6CommandError } from './errors.ts';
import { commandError, type S6Tools, waitedOf } from './tools.ts';

/** What one of several services is told, and what is waited for. */
export interface Order {
  readonly service: string;
  /** Flags of s6-svc in one word, e.g. `-U`; null: it is told nothing, and was up and not ready when the caller looked. */
  readonly flags: string | null;
  /**
   * `down`: until it is down and its `finish` has ended. Else a regular expression over the events that
   * s6-supervise(1) sends from the order on, e.g. `u(U|d)`; null: nothing is waited for.
   */
  readonly until: string | null;
  readonly timeoutMs: number;
}

/** How an order ended; `interrupted`: the waiting was ended from outside, and s6 goes on. */
export type Heard = 'reached' | 'timeout' | 'interrupted' | S6CommandError;

/** Gives many orders side by side in one process; each subscribes to the events before it sends. */
export async function giveOrders(
  tools: S6Tools,
  scandir: string,
  orders: readonly Order[],
  signal?: AbortSignal,
): Promise<Map<string, Heard>> {
  const commands = orders.map((order) => words(tools, scandir, order));
  const results = await runBatch(commands, signal);
  return new Map(
    orders.map(({ service }, index) => [service, heard(service, commands[index], results[index])]),
  );
}

// What was waited for may have happened between the caller's look and our subscription. Then no event will come: the
// look is taken again behind the subscription, and ends the listener when the service is not any more as it was.
const lookAgain = `case $("$1" -o up,ready "$2") in $3) ;; *) kill "$PPID" ;; esac`;
const endedByLook = 128 + 15;

// A listener that has no time to subscribe would not even send.
const subscribeMs = 1_000;

function words(tools: S6Tools, scandir: string, { service, flags, until, timeoutMs }: Order): Words {
  const directory = join(scandir, service);
  const limit = String(Math.max(subscribeMs, Math.round(timeoutMs)));
  if (until === 'down')
    return tools.listener(directory, [tools.path('s6-svwait', service), '-D', '-t', limit, directory]);
  const listen = (...program: string[]): Words => {
    const event = [join(directory, 'event'), until ?? ''];
    return tools.listener(directory, [
      tools.path('s6-ftrig-listen1', service),
      '-t',
      limit,
      ...event,
      ...program,
    ]);
  };
  if (flags !== null) {
    const told: Words = [tools.path('s6-svc', service), flags, directory];
    return until === null ? told : listen(...told);
  }
  const asItWas = until === 'd' ? 'true *' : 'true false';
  const look = ['/bin/sh', '-c', lookAgain, 'look', tools.path('s6-svstat', service), directory, asItWas];
  return until === null ? ['true'] : listen(...look);
}

function heard(service: string, command: Words = [''], result: ProcessResult | null = null): Heard {
  if (result === null) return 'interrupted';
  if (result.exitCode === endedByLook) return 'reached';
  const waited = waitedOf(result);
  if (waited === 'reached' || waited === 'timeout') return waited;
  return commandError(result, command.slice(0, -1).join(' '), service);
}
