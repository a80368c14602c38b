import assert from 'node:assert/strict';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';

describe('profile show', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
    await fleet.profiles(['coder']);
  });
  afterEach(() => fleet.stop());

  it('tells where everything is, and who wanted it up since when and why', async () => {
    await fleet.run('gateway start coder --reason demo');
    const { code, stdout } = await fleet.run('profile show coder --json');
    const shown = await parseAnswer(stdout);
    assert.equal(code, 0);
    assert.equal(shown['home'], fleet.file('coder', '').replace(/\/$/, ''));
    assert.equal(shown['slot'], `${fleet.tree.scandir}/gateway-coder`);
    assert.deepEqual(shown['config'], { command: null, notify: false, mode: 'host', stop_timeout_s: 8 });
    const { state, at, by, reason } = shown['wanted'] as Record<string, unknown>;
    const { desired_at: since, desired_by: who } = fleet.state('coder');
    assert.deepEqual([state, at, by, reason], ['up', since, who, 'demo']);
    const text = await fleet.run('profile show coder');
    assert.match(text.stdout, /^wanted +up, by \S+, since \S+, because: demo$/m);
    assert.match(text.stdout, /^log +\S+\/logs\/gateways\/coder\/current$/m);
  });

  it('names variables and where they come from, and never a value', async () => {
    fleet.home.write({ 'profiles/coder/.env': 'CHAT_TOKEN=s3cret\nMODEL=large\n' });
    const { stdout } = await fleet.run('profile show coder --json');
    const { variables } = (await parseAnswer(stdout)) as { variables: { name: string; source: string }[] };
    const source = (name: string) => variables.find((one) => one.name === name)?.source;
    assert.equal(source('CHAT_TOKEN'), fleet.file('coder', '.env'));
    assert.equal(source('PATH'), `s6-svscan (pid ${fleet.tree.pid})`);
    assert.equal(source('HERMES_PROFILE'), 'hermes');
    const text = await fleet.run('profile show coder');
    assert.match(text.stdout, /^variables +.*MODEL.* \(from \S+\/profiles\/coder\/\.env\)$/m);
    assert.doesNotMatch(stdout + text.stdout, /s3cret|large/);
  });

  it('shows the rest of a profile whose files are broken, and says what is', async () => {
    fleet.home.write({
      'profiles/coder/config.yaml': 'gateway:\n  port: many\n',
      'profiles/coder/.env': 'no equals\n',
      'profiles/coder/gateway_state.json': '{',
    });
    const { code, stdout, stderr } = await fleet.run('profile show coder --json');
    const { port, config, wanted, troubles } = await parseAnswer(stdout);
    assert.equal(code, 0);
    assert.deepEqual([port, config], [null, null]);
    assert.deepEqual(wanted, { state: null, at: null, by: null, reason: null });
    const words = (troubles as string[]).join('\n');
    assert.match(words, /config\.yaml, line 2: gateway\.port must be a whole number/);
    assert.match(words, /\.env, line 1: there is no "="/);
    assert.match(words, /cannot be taken at its word: it is not JSON/);
    assert.equal(stderr.match(/^Warning: /gm)?.length, 3);
  });

  it('means the profile of -p, else the default one', async () => {
    assert.match((await fleet.run('-p coder profile show')).stdout, /^profile +coder$/m);
    assert.match((await fleet.run('profile show')).stdout, /^profile +default$/m);
  });

  it('works where no s6 is', async () => {
    const { code, stdout } = await fleet.run('profile show coder', { scandir: '/nowhere' });
    assert.equal(code, 0);
    assert.match(stdout, /^slot +none$/m);
  });

  it('of a name that is near one: 4, and which one', async () => {
    const { code, stderr } = await fleet.run('profile show codr');
    assert.equal(code, 4);
    assert.equal(stderr, 'Error: there is no profile codr\nDid you mean "coder"?\n');
  });
});
