import type { styleText } from 'node:util';
import type { GatewayStatus } from './lib/gateway/status.ts';
import { statusWords } from './lib/gateway/words.ts';

const colours = {
  ready: 'green',
  up: 'green',
  starting: 'yellow',
  stopping: 'yellow',
  backoff: 'red',
  failed: 'red',
  down: 'dim',
  unsupervised: 'red',
  missing: 'red',
} as const;

/** Text in a colour, where colours are shown. */
export type Paint = (colour: Parameters<typeof styleText>[0], text: string) => string;

/** What is said of one gateway: a line, and a second one where wanted and actual differ; names are padded to `width`. */
export function statusLines(gateway: GatewayStatus, width: number, now: Date, paint: Paint): string[] {
  const { profile, state, drift } = gateway;
  const word = paint(colours[state], state.padEnd('unsupervised'.length));
  const line = `${profile.padEnd(width)}  ${word}  ${statusWords(gateway, now)}`.trimEnd();
  return drift === null ? [line] : [line, `${' '.repeat(width)}  ${drift}`];
}
