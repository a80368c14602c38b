import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { writeAgent } from '../helpers/agent.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { freePort } from '../helpers/free-port.ts';
import { profileTree } from '../helpers/home.ts';
import { Random } from '../helpers/random.ts';
import { Tortured, type Verb } from '../helpers/tortured.ts';
import { until } from '../helpers/until.ts';

/** In each mode; a whole run of the suites affords fifty in all. */
const cycles = Number(process.env['TORTURE_CYCLES'] ?? 17);
const verbs: readonly [Verb, ...Verb[]] = ['start', 'stop', 'restart', 'restart'];
/** Longer than a command takes, so that some kills come before its answer and some after. */
const longestDelayMs = 700;

const hosts = (path: string, mode: string) =>
  `  command: [${path}, notify]\n  notify: true\n  mode: ${mode}\n`;

describe('a gateway under kill -9 at random moments around start, stop and restart', function () {
  this.timeout(cycles * 14_000);
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet();
  });
  after(() => fleet.stop());

  it('is never there twice and never said to be what it is not, in all three modes', async () => {
    const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
    const hosted = writeAgent(fleet.home, 'hosted-agent');
    const exec = writeAgent(fleet.home, 'exec-agent');
    fleet.home.write({
      ...profileTree('builtin', await freePort()),
      ...profileTree('hosted', await freePort(), hosts(hosted.path, 'host')),
      ...profileTree('exec', await freePort(), hosts(exec.path, 'exec')),
    });
    const gateways = [
      new Tortured(fleet.home, fleet.tree.scandir, 'builtin', null, ['gateway', 's6-supervise']),
      new Tortured(fleet.home, fleet.tree.scandir, 'hosted', hosted, [
        'gateway',
        'hosted program',
        's6-supervise',
      ]),
      new Tortured(fleet.home, fleet.tree.scandir, 'exec', exec, ['gateway', 's6-supervise']),
    ];
    await Promise.all(gateways.map((gateway, i) => torture(gateway, new Random(seed + i), seed)));
  });
});

async function torture(gateway: Tortured, random: Random, seed: number): Promise<void> {
  const log: string[] = [];
  const over = new AbortController();
  const two = gateway.watchForTwo(over.signal);
  try {
    assert.equal((await gateway.say('start')).code, 0);
    for (let i = 0; i < cycles; i++) await cycle(gateway, random, log);
    assert.equal((await gateway.say('stop')).code, 0);
    assert.deepEqual(gateway.serving(), []);
    over.abort();
    assert.deepEqual(await two, [], 'two lived at once');
  } catch (error) {
    const played = `to play it again: TORTURE_SEED=${seed}; ${gateway.profile}:\n${log.join('\n')}\n${gateway.lastWords()}`;
    throw new Error(`${String(error)}\n${played}`, { cause: error });
  } finally {
    over.abort();
  }
}

async function cycle(gateway: Tortured, random: Random, log: string[]): Promise<void> {
  const verb = random.pick(verbs);
  const victim = random.pick(gateway.victims);
  const afterMs = Math.floor(random.next() * longestDelayMs);
  log.push(`${verb}, kill -9 of the ${victim} after ${afterMs} ms`);
  const before = gateway.supervised();
  const chaos = { killed: false };
  const killing = delay(afterMs).then(() => {
    chaos.killed = true;
    gateway.kill(victim);
  });
  const said = await gateway.say(verb);
  const undisturbed = !chaos.killed;
  const serving = gateway.serving();
  log.push(`  said ${String(said.code)}: ${said.text.trim()}`);
  if (said.code === 0) {
    if (verb === 'stop') assert.deepEqual(serving, [], 'stop said done, and something still serves');
    if (verb === 'restart') assert.notEqual(said.pid, before, 'restart said done, and it is the old process');
    if (verb !== 'stop' && undisturbed) {
      assert.equal(serving.length, 1, `${verb} said done, and this is what serves`);
      assert.equal(said.pid, gateway.supervised(), `${verb} named a process that s6 does not supervise`);
    }
  }
  await killing;
  await gateway.oneSupervisor();
  if (said.code === 0 && verb === 'stop')
    assert.deepEqual(gateway.serving(), [], 'it came back after its stop');

  // Nothing is killed any more: the same wish must come true now, and stay true.
  const wish: Verb = verb === 'stop' ? 'stop' : 'start';
  await until(async () => {
    const again = await gateway.say(wish);
    log.push(`  ${wish} in peace said ${String(again.code)}: ${again.text.trim()}`);
    return again.code === 0;
  }, `${wish} in peace succeeds`);
  assert.equal(gateway.serving().length, wish === 'stop' ? 0 : 1, `${wish} in peace said done`);
}
