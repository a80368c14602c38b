import type { GatewayStatus } from './status.ts';
import { causeOf } from './verdict.ts';

/** A span of time as people say it: `8s`, `4m12s`, `3h5m`, `2d4h`; of ms. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const units: readonly [string, number][] = [
    ['d', Math.floor(s / 86_400)],
    ['h', Math.floor(s / 3_600) % 24],
    ['m', Math.floor(s / 60) % 60],
    ['s', s % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  if (first === -1) return '0s';
  const shown = units.slice(first, first + 2).filter(([, count]) => count > 0);
  return shown.map(([unit, count]) => `${count}${unit}`).join('');
}

/** `next try in 4m12s, 7 deaths in 3m, last: exit 1`. */
export function backoffWords(
  { next_try: next, deaths, last_exit: last, first_death: first }: GatewayStatus,
  now: Date,
): string {
  const tried = next === null ? 'trying now' : `next try in ${span(Date.parse(next) - now.getTime())}`;
  const counted = `${deaths} ${deaths === 1 ? 'death' : 'deaths'}`;
  const during = first === null ? '' : ` in ${span(now.getTime() - Date.parse(first))}`;
  return [
    tried,
    `${counted}${during}`,
    ...(last === null ? [] : [`last: ${causeOf(last.code, last.signal)}`]),
  ].join(', ');
}

/** What is worth saying of one gateway: PID, since when, deaths. */
export function statusWords(status: GatewayStatus, now: Date): string {
  const { state, pid, since, ready_since: readySince, deaths, last_exit: last } = status;
  const ago = (iso: string): string => span(now.getTime() - Date.parse(iso));
  const facts = [
    pid === null ? null : `pid ${pid}`,
    readySince === null ? (since === null ? null : `for ${ago(since)}`) : `for ${ago(readySince)}`,
    state === 'backoff' ? backoffWords(status, now) : null,
    state !== 'backoff' && deaths > 0
      ? `${deaths} ${deaths === 1 ? 'death' : 'deaths'}${last === null ? '' : `, last: ${causeOf(last.code, last.signal)}`}`
      : null,
  ];
  return facts.filter((fact) => fact !== null).join(', ');
}
