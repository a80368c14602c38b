import assert from 'node:assert/strict';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { ours } from './images.ts';
import { Volume } from './volume.ts';

/** Ten megabytes more each time, until the kernel ends it. */
const glutton = '[node, -e, "const eaten = []; for (;;) eaten.push(Buffer.alloc(1e7, 1))"]';

interface Told {
  readonly why: string;
  readonly next: string;
  readonly memory_kills: { readonly here: number | null; readonly machine: number | null };
}

describe('a gateway that the kernel kills for lack of memory', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container | null = null;

  beforeEach(() => {
    volume = new Volume();
  });

  afterEach(async () => {
    await container?.remove();
    volume.remove();
  });

  for (const [mode, end] of [
    // Told by the runner, where its last words are in the log already.
    ['host', 'exit 137(: signal SIGKILL)?'],
    ['exec', 'killed by SIGKILL'],
  ] as const)
    it(`is told as that, with what to do (mode: ${mode})`, async () => {
      const config = `gateway:\n  mode: ${mode}\n  command: ${glutton}\n`;
      volume.writeProfile('coder', { desired_state: 'running' }, config);
      const limit = ['--memory', '250m', '--memory-swap', '250m'];
      container = await Container.start(ours, { volume, options: limit });
      const within = await container.booted();
      const {
        why,
        next,
        memory_kills: kills,
      } = await until(async () => {
        const told = (await within.json('gateway', 'why', 'coder')) as Told;
        return /keeps dying/.test(told.why) && told;
      }, 'it has died often enough to be in backoff');
      assert.match(why, new RegExp(`Its last end: ${end}; the kernel has killed `));
      assert.match(
        why,
        /has killed (once|\d+ times) in this container for lack of memory, probably here too/,
      );
      assert.match(next, /^Give the container more memory; after that "hermes gateway restart -p coder"/);
      assert.ok((kills.here ?? 0) > 0 && (kills.machine ?? 0) > 0, JSON.stringify(kills));
    });
});
