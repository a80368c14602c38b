import assert from 'node:assert/strict';
import { until } from '../helpers/until.ts';
import { reportOf } from '../helpers/clinic.ts';
import { Container } from './container.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';
import { worlds } from './worlds.ts';

describe('doctor in a container', function () {
  this.timeout(120_000);
  let volume: Volume;
  const containers: Container[] = [];

  beforeEach(() => {
    volume = new Volume();
    volume.write('gateway_state.json', JSON.stringify({ desired_state: 'running' }));
  });
  afterEach(async () => {
    for (const container of containers.splice(0)) await container.remove();
    volume.remove();
  });

  async function start(image: string, hostname: string, ...options: string[]): Promise<Container> {
    const container = await Container.start(image, { volume, options: ['--hostname', hostname, ...options] });
    containers.push(container);
    return container.booted();
  }
  const doctor = async (container: Container, user?: string) =>
    reportOf(await container.exec(['hermes', 'doctor', '--json'], user === undefined ? {} : { user }));

  for (const world of worlds)
    it(`finds nothing in ${world.name}, for the runtime user and for a root docker exec, and knows its environment`, async () => {
      const container = await start(world.image, 'alone', '-e', 'GIVEN_AT_RUN=1', ...world.options);
      await container.reaches('default', 'ready');
      for (const report of [await doctor(container), await doctor(container, 'root')]) {
        assert.deepEqual(report.findings, []);
        assert.match(report.checks[0]?.evidence ?? '', /PID 1 is s6-svscan/);
        assert.match(report.environment.source, /^s6-svscan \(pid \d+\)$|^\/run\/s6\/container_environment$/);
        assert.ok(report.environment.names.includes('GIVEN_AT_RUN'));
      }
    });

  it('names the other container that has the gateway of this volume', async () => {
    const first = await start(ours, 'first');
    await first.reaches('default', 'ready');
    const second = await start(ours, 'second');
    const report = await until(async () => {
      const seen = await doctor(second);
      return seen.healthy ? null : seen;
    }, 'the lock is seen to be held');
    const found = report.findings.find(({ check }) => check === 'locks');
    assert.match(found?.evidence ?? '', /gateway\.lock is locked by first, and by no process/);
    assert.equal(found?.fix, 'docker stop first');
    assert.deepEqual((await doctor(first)).findings, []);
  });
});
