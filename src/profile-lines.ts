import type { ProfileView } from './lib/gateway/profile-view.ts';
import type { Wish } from './lib/gateway/wish.ts';

const labelWidth = 'variables'.length;

/** A profile for people: a label and a fact a line. */
export function profileLines({
  name,
  home,
  port,
  config,
  variables,
  wanted,
  slot,
  logs,
}: ProfileView): string[] {
  const sources = [...new Set(variables.map(({ source }) => source))];
  const rows: [label: string, fact: string][] = [
    ['profile', name],
    ['home', home],
    ['port', port === null ? 'none' : String(port)],
    ...(config === null
      ? []
      : ([
          ['program', config.command?.join(' ') ?? 'the built-in echo gateway'],
          ['mode', `${config.mode}${config.notify ? ', says when it is ready' : ''}`],
          ['stop', `${config.stop_timeout_s} s from TERM to KILL`],
        ] satisfies [string, string][])),
    ['wanted', wishWords(wanted)],
    ['slot', slot ?? 'none'],
    ['log', logs.gateway],
    ['boot log', logs.boot],
    ['journal', logs.lifecycle],
    ...sources.map((source, index): [string, string] => [
      index === 0 ? 'variables' : '',
      `${variables.flatMap((one) => (one.source === source ? one.name : [])).join(' ')} (from ${source})`,
    ]),
  ];
  return rows.map(([label, fact]) => `${label.padEnd(labelWidth)}  ${fact}`);
}

function wishWords({ state, at, by, reason }: Wish): string {
  if (state === null) return 'nothing yet';
  const facts = [
    state,
    ...(by === null ? [] : [`by ${by}`]),
    ...(at === null ? [] : [`since ${at}`]),
    ...(reason === null ? [] : [`because: ${reason}`]),
  ];
  return facts.join(', ');
}
