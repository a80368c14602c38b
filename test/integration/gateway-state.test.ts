import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { changeState, setDesired } from '../../src/lib/gateway/state.ts';
import { tempHome } from '../helpers/home.ts';

describe('gateway_state.json under 200 concurrent writers', () => {
  it('loses no key of the operator, of the gateway or of anybody else', async function () {
    this.timeout(90_000);
    const home = tempHome({ 'gateway_state.json': '{"platforms":{"matrix":"connected"}}' });
    const writers = Array.from({ length: 100 }, (_, index) => [
      setDesired(home.path, { desired: 'running', by: 'ann', reason: `wish ${index}`, at: new Date(index) }),
      changeState(home.path, { gateway_state: 'running', [`key ${index}`]: index }),
    ]);
    await Promise.all(writers.flat());
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
