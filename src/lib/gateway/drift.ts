import type { Facts, GatewayStatus } from './status.ts';
import { stateTrouble } from './state.ts';
import { causeOf } from './verdict.ts';

/** How wanted and actual differ, in plain words; null: they do not. */
export function driftOf(view: Omit<GatewayStatus, 'drift'>, facts: Facts): string | null {
  const differs = differenceOf(view, facts);
  const trouble = stateTrouble(facts.reading);
  if (trouble === null) return differs;
  const unknown = `gateway_state.json does not tell what is wanted: ${trouble}`;
  if (view.state === 'failed' || view.state === 'unsupervised') return `${unknown}; ${differs ?? ''}`;
  const { hint } = facts.reading.kind === 'unreadable' ? facts.reading : { hint: null };
  if (hint !== null) return `${unknown}. ${hint}`;
  const say = (verb: string): string => `"hermes gateway ${verb} -p ${view.profile}"`;
  return `${unknown}; ${say('start')} or ${say('stop')} says it anew`;
}

function differenceOf(view: Omit<GatewayStatus, 'drift'>, facts: Facts): string | null {
  const { wanted, state, pid, profile } = view;
  const start = `hermes gateway start -p ${profile}`;
  const stop = `hermes gateway stop -p ${profile}`;
  switch (state) {
    case 'ready':
    case 'up':
    case 'starting':
      if (wanted === 'down') return `wanted down, but it is up: "${stop}"`;
      if (wanted === null)
        return `up, though nobody asked for it: "${start}" to keep it, "${stop}" to end it`;
      return unkept(view, facts);
    case 'stopping':
      return wanted === 'up' ? `wanted up, but s6 was told to stop it: "${start}"` : null;
    case 'backoff':
      return wanted === 'down'
        ? `wanted down, but it is being restarted: "${stop}"`
        : 'wanted up, but it keeps dying';
    case 'failed':
      return `${wanted === 'up' ? 'wanted up, but given up' : 'given up'} after exit 78: ${reasonOf(facts)}; correct it, then "${start}"`;
    case 'down':
      return wanted === 'up' ? `wanted up, but it is down${causeSeen(view)}: "${start}"` : null;
    case 'missing':
      return wanted === 'up' ? `wanted up, but it has no slot: "${start}"` : null;
    case 'unsupervised':
      return pid === null || facts.sight.orphan === null
        ? `nobody supervises its slot: "${wanted === 'up' ? start : 'hermes boot reconcile'}"`
        : `pid ${facts.sight.orphan} holds gateway.lock and nobody supervises it: "${wanted === 'up' ? 'hermes gateway restart -p ' + profile : stop}"`;
  }
}

/** Up as wanted, but s6 would not bring it back: a `down` file is left. */
function unkept({ wanted, profile }: Omit<GatewayStatus, 'drift'>, { sight }: Facts): string | null {
  if (wanted !== 'up' || sight.status?.normallyUp !== false) return null;
  return `up, but its slot would not come up again by itself: "hermes gateway start -p ${profile}"`;
}

function causeSeen({ last_exit: last }: Omit<GatewayStatus, 'drift'>): string {
  return last === null ? '' : ` (last: ${causeOf(last.code, last.signal)})`;
}

/** The file tells which line it is, also of a program that says nothing; else what the gateway said as it left. */
function reasonOf({ reading, configTrouble }: Facts): string {
  if (configTrouble !== null) return configTrouble;
  const { gateway_state: state, exit_reason: reason } = reading.kind === 'state' ? reading.data : {};
  return state === 'startup_failed' && typeof reason === 'string' && reason !== ''
    ? reason
    : 'its configuration cannot work';
}
