import { join } from 'node:path';
import type { ProcessResult } from '../process.ts';
import { runBatch, type Words } from './batch.ts';
import type { S6CommandError } from './errors.ts';
import { commandError, type S6Tools, waitedOf } from './tools.ts';

/** What one of several services is told, and what is waited for. */
export interface Order {
  readonly service: string;
  /** Flags of s6-svc in one word, e.g. `-U`; null: it is told nothing. */
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

function words(tools: S6Tools, scandir: string, { service, flags, until, timeoutMs }: Order): Words {
  const directory = join(scandir, service);
  const limit = String(Math.max(1, Math.round(timeoutMs)));
  if (until === 'down') return [tools.path('s6-svwait', service), '-D', '-t', limit, directory];
  const told: Words = flags === null ? ['true'] : [tools.path('s6-svc', service), flags, directory];
  if (until === null) return told;
  return [tools.path('s6-ftrig-listen1', service), '-t', limit, join(directory, 'event'), until, ...told];
}

function heard(service: string, command: Words = [''], result: ProcessResult | null = null): Heard {
  if (result === null) return 'interrupted';
  const waited = waitedOf(result);
  if (waited === 'reached' || waited === 'timeout') return waited;
  return commandError(result, command.slice(0, -1).join(' '), service);
}
