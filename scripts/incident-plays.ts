import { until } from '../test/helpers/until.ts';
import type { Stage } from './stage.ts';

/** Something that goes wrong on a stage, and the operator who ends it. */
export interface Incident {
  /** Names its section in docs/operating.md. */
  readonly name: string;
  readonly play: (stage: Stage) => Promise<void>;
}

const echo = (port: number): string => `gateway:\n  port: ${port}\n`;

const agent = `[ -n "$CHAT_TOKEN" ] || { echo 'CHAT_TOKEN is not set' >&2; exit 1; }
exec sleep infinity
`;

/** Two gateways on ports of their own, both up. */
async function coderAndWriter(stage: Stage): Promise<void> {
  const [port, other] = stage.ports;
  stage.write({
    'profiles/coder/SOUL.md': '',
    'profiles/coder/config.yaml': echo(port),
    'profiles/writer/SOUL.md': '',
    'profiles/writer/config.yaml': echo(other),
  });
  await stage.before('gateway', 'start', 'coder', 'writer');
}

/** Somebody gave writer the port that coder has. */
async function portCollision(stage: Stage): Promise<void> {
  await coderAndWriter(stage);
  const [port] = stage.ports;
  stage.write({ 'profiles/writer/config.yaml': echo(port) });
  await stage.before('gateway', 'restart', 'writer', '--reason', 'as in the new template');

  await stage.types('hermes gateway health');
  await stage.types('hermes gateway why writer');
  const found = await stage.types("hermes doctor | grep -A 2 '^problem'");
  await stage.types(/fix: +(.*)/.exec(found)?.[1] ?? 'false');
  await stage.types('hermes gateway health');
}

/** An agent dies at once, again and again, because a variable is missing. */
async function crashLoop(stage: Stage): Promise<void> {
  stage.write({
    'profiles/coder/SOUL.md': '',
    'profiles/coder/agent.sh': agent,
    'profiles/coder/config.yaml': 'gateway:\n  command: [sh, agent.sh]\n',
    'profiles/coder/.env': '',
  });
  await stage.before('gateway', 'start', 'coder');
  // Long enough before the next try that what follows is typed within one pause.
  const isLong = (next: string | null): boolean => next !== null && Date.parse(next) - Date.now() > 4_000;
  await stage.sees('coder', (seen) => seen.deaths > 3 && seen.state === 'backoff' && isLong(seen.next_try));

  await stage.types('hermes gateway status coder');
  await stage.types('hermes gateway why coder');
  await stage.types('hermes gateway logs coder --previous');
  await stage.types('echo CHAT_TOKEN=xyz >> $HERMES_HOME/profiles/coder/.env');
  await stage.types('hermes gateway reset-failed coder');
  await stage.types('hermes gateway wait coder --for ready');
}

/** After a restart of the container one gateway is missing: somebody had stopped it. */
async function stayedDown(stage: Stage): Promise<void> {
  await coderAndWriter(stage);
  await stage.before('gateway', 'stop', 'writer', '--reason', 'key rotation');
  // The boot log counts in whole seconds, and this pass has to be later than the stop.
  const stopped = Math.ceil(Date.now() / 1000) * 1000;
  await stage.end();
  await until(() => Date.now() > stopped, 'the next second');
  await stage.boot();
  await stage.sees('coder', ({ state }) => state === 'ready');

  await stage.types('hermes gateway status --all');
  await stage.types('hermes gateway why writer');
  await stage.types("hermes gateway start writer --reason 'the new keys are in'");
  await stage.types('hermes gateway history writer -n 2');
}

export const incidents: readonly Incident[] = [
  { name: 'port-collision', play: portCollision },
  { name: 'crash-loop', play: crashLoop },
  { name: 'stayed-down', play: stayedDown },
];
