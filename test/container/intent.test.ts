import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';

const profiles = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, '0')}`);

describe('intent under restarts', function () {
  this.timeout(300_000);
  let volume: Volume;
  let container: Container;

  before(async () => {
    volume = new Volume();
    for (const name of profiles)
      volume.writeProfile(
        name,
        { desired_state: 'stopped' },
        'gateway:\n  command: [sleep, infinity]\n  mode: exec\n',
      );
    container = await Container.start(ours, { volume });
    await container.booted();
  });

  after(async () => {
    await container.remove();
    volume.remove();
  });

  it('is what the last successful command said, through 5 restarts of 20 gateways', async () => {
    // What the last command on each profile said, when it was heard to succeed; a command that a restart cut off
    // may or may not have been taken.
    const said = new Map<string, 'running' | 'stopped' | null>(profiles.map((name) => [name, 'stopped']));
    let restarting = true;
    let taken = 0;
    const operator = async (own: readonly string[]) => {
      for (let turn = 0; restarting;) {
        const name = own[turn % own.length] ?? '';
        const verb = Math.floor(turn / own.length) % 2 === 0 ? 'start' : 'stop';
        said.set(name, null);
        const { code } = await container.exec(['hermes', 'gateway', verb, '-p', name, '--no-wait']);
        if (code === 0) {
          said.set(name, verb === 'start' ? 'running' : 'stopped');
          turn += 1;
          taken += 1;
        } else await delay(250);
      }
    };
    const operators = [operator(profiles.slice(0, 10)), operator(profiles.slice(10))];
    for (let round = 1; round <= 5; round += 1) {
      await until(() => taken >= 4 * round, `commands are taken before restart ${round}`, 60_000);
      await container.restart();
    }
    restarting = false;
    await Promise.all(operators);
    await container.restart();

    const known = [...said].filter(([, intent]) => intent !== null);
    assert.ok(known.length >= 18, `only ${known.length} commands succeeded`);
    for (const [name, intent] of known) assert.equal(volume.state(name)['desired_state'], intent, name);
    await container.allReach(
      new Map(known.map(([name, intent]) => [name, intent === 'running' ? 'up' : 'down'])),
    );
  });
});
