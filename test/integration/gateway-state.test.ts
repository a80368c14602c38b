import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tempHome } from '../helpers/home.ts';

const stateModule = JSON.stringify(new URL('../../src/lib/gateway/state.ts', import.meta.url).href);

/** Ten writers at once, in a process of their own: an operator's wishes, or a gateway's words. */
const writers = {
  operator: `import { setDesired } from ${stateModule};
    const [home, from] = process.argv.slice(1);
    await Promise.all(Array.from({ length: 10 }, (_, i) => {
      const wish = Number(from) + i;
      return setDesired(home, { desired: 'running', by: 'ann', reason: 'wish ' + wish, at: new Date(wish) });
    }));`,
  gateway: `import { changeState } from ${stateModule};
    const [home, from] = process.argv.slice(1);
    await Promise.all(Array.from({ length: 10 }, (_, i) =>
      changeState(home, { gateway_state: 'running', ['key ' + (Number(from) + i)]: Number(from) + i })));`,
};

describe('gateway_state.json under 200 concurrent writers in 20 processes', () => {
  it('loses no key of the operator, of the gateway or of anybody else', async function () {
    this.timeout(120_000);
    const home = tempHome({ 'gateway_state.json': '{"platforms":{"matrix":"connected"}}' });
    const children = Array.from({ length: 10 }, (_, i) =>
      Object.values(writers).map((program) =>
        spawn(process.execPath, ['--input-type=module', '-e', program, home.path, String(i * 10)], {
          stdio: 'inherit',
        }),
      ),
    );
    const codes = await Promise.all(
      children.flat().map(async (child) => (await once(child, 'exit'))[0] as unknown),
    );
    assert.deepEqual(new Set(codes), new Set([0]));
    const state = JSON.parse(readFileSync(home.file('gateway_state.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    assert.deepEqual(state['platforms'], { matrix: 'connected' });
    assert.deepEqual(
      [state['gateway_state'], state['desired_state'], state['desired_by']],
      ['running', 'running', 'ann'],
    );
    // One writer's four keys belong together.
    const wish = Number(/^wish (\d+)$/.exec(String(state['desired_reason']))?.[1]);
    assert.equal(state['desired_at'], new Date(wish).toISOString());
    for (let index = 0; index < 100; index += 1) assert.equal(state[`key ${index}`], index);
    assert.deepEqual(readdirSync(home.path).sort(), ['.gateway_state.json.lock', 'gateway_state.json']);
    await home.remove();
  });
});
