import type { GatewayStatus } from './lib/gateway/status.ts';
import { err, out } from './output.ts';
import { whenReaderLeaves } from './reader.ts';
import { Screen } from './screen.ts';

const redrawMs = 1_000;

export interface WatchOptions {
  /** Gives the status now and after each change, until the signal. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<readonly GatewayStatus[]>;
  /** The lines of one gateway, as of now. */
  readonly lines: (gateway: GatewayStatus, width: number) => string[];
  readonly json: ((gateways: readonly GatewayStatus[]) => object) | null;
}

/** Shows gateways as they change until `q`, Ctrl-C or SIGTERM, or until nobody reads any more; gives the last status. */
export async function showChanges(options: WatchOptions): Promise<readonly GatewayStatus[]> {
  const over = new AbortController();
  const quit = () => over.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, quit);
  const forget = whenReaderLeaves(quit);
  try {
    const isScreen = options.json === null && process.stdout.isTTY;
    return await (isScreen ? onScreen(options, over) : asLines(options, over));
  } finally {
    forget();
  }
}

/** On a terminal: drawn again on each change, and each second for the times in it. */
async function onScreen({ watch, lines }: WatchOptions, over: AbortController) {
  let last: readonly GatewayStatus[] = [];
  const all = (): string[] => last.flatMap((gateway) => lines(gateway, widthOf(last)));
  const screen = new Screen(() => over.abort());
  const draw = (): void => screen.draw([...all(), '', 'q quits']);
  const clock = setInterval(draw, redrawMs);
  process.stdout.on('resize', draw);
  try {
    for await (last of watch(over.signal)) draw();
  } finally {
    clearInterval(clock);
    process.stdout.off('resize', draw);
    screen.close();
  }
  // What was seen last stays to be read.
  out(
    all()
      .map((line) => `${line}\n`)
      .join(''),
  );
  return last;
}

/** Elsewhere: a line for each gateway, and again for those that have changed; or one JSON object a change. */
async function asLines({ watch, lines, json }: WatchOptions, over: AbortController) {
  let last: readonly GatewayStatus[] = [];
  const told = new Map<string, string>();
  for await (last of watch(over.signal)) {
    const news = last.filter((gateway) => told.get(gateway.profile) !== essence(gateway));
    for (const gateway of news) told.set(gateway.profile, essence(gateway));
    for (const profile of told.keys())
      if (!last.some((gateway) => gateway.profile === profile)) {
        told.delete(profile);
        err(`${profile} is gone.\n`);
      }
    if (news.length === 0) continue;
    const at = new Date().toISOString();
    const text =
      json === null
        ? news.flatMap((gateway) => lines(gateway, widthOf(last)).map((line) => `${at}  ${line}`))
        : [JSON.stringify(json(last))];
    if (!out(text.map((line) => `${line}\n`).join(''))) break;
  }
  return last;
}

const widthOf = (gateways: readonly GatewayStatus[]): number =>
  Math.max(0, ...gateways.map(({ profile }) => profile.length));

/** What of a status is news: not the times, which are measured from now each time. */
function essence({ wanted, state, pid, deaths, drift }: GatewayStatus): string {
  return JSON.stringify([wanted, state, pid, deaths, drift]);
}
