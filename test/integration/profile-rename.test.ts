import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeAgent } from '../helpers/agent.ts';
import { parseAnswer } from '../helpers/answer.ts';
import { startHermes } from '../helpers/cli.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { until } from '../helpers/until.ts';

describe('profile rename', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
    await fleet.profiles(['coder']);
  });
  afterEach(() => fleet.stop());

  const slots = () => readdirSync(fleet.tree.scandir).filter((name) => name.includes('gateway-'));
  const log = (name: string) => fleet.home.file(`logs/gateways/${name}`);
  const journal = () =>
    readFileSync(fleet.home.file('logs/lifecycle.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ action }) => action === 'rename');

  async function assertRenamed(): Promise<void> {
    assert.deepEqual(readdirSync(fleet.home.file('profiles')), ['writer']);
    assert.ok(!existsSync(fleet.file('writer', '.renamed-from')));
    assert.ok(!existsSync(log('coder')));
    assert.deepEqual(
      slots().filter((name) => name !== 'gateway-default'),
      ['gateway-writer'],
    );
    assert.equal(supervisorsOf(fleet.tree.scandir, 'gateway-writer').length, 1);
    assert.equal((await fleet.one('gateway status writer'))['state'], 'ready');
  }

  it('by two commands is done by one, and the other finds it done or no such profile', async () => {
    const both = await Promise.all([1, 2].map(() => fleet.run('profile rename coder writer')));
    assert.ok(both.some(({ code }) => code === 0));
    for (const { code, stderr } of both)
      assert.match(stderr, code === 0 ? /^$/ : /^Error: there is no profile coder\n/);
  });

  it('takes a running gateway along: home, wish, logs, slot; and it is up again', async () => {
    await fleet.run('gateway start coder --reason demo');
    const { desired_at: at, desired_by: by } = fleet.state('coder');
    const before = readFileSync(`${log('coder')}/current`, 'utf8');
    const { code, stdout, stderr } = await fleet.run('profile rename coder writer');
    assert.equal(stderr, '');
    assert.match(
      stdout,
      /^coder is writer now, in \S+\/profiles\/writer\.\nwriter is up and ready( already)? \(pid \d+.*\)\.\n$/,
    );
    assert.equal(code, 0);
    await assertRenamed();
    const { desired_state: state, desired_at, desired_by, desired_reason: reason } = fleet.state('writer');
    assert.deepEqual([state, desired_at, desired_by, reason], ['running', at, by, 'demo']);
    assert.ok(readFileSync(`${log('writer')}/current`, 'utf8').startsWith(before));
    assert.ok(!existsSync(fleet.file('writer', '.gateway-planned-stop.json')));
    assert.deepEqual(
      journal().map(({ profile, outcome, reason: why }) => [profile, outcome, why]),
      [
        ['coder', 'done', 'to writer'],
        ['writer', 'done', 'from coder'],
      ],
    );
  });

  it('leaves a gateway down that is meant to be, and answers under its schema', async () => {
    await fleet.run('gateway stop coder --reason tired');
    const { code, stdout } = await fleet.run('profile rename coder writer --json');
    assert.deepEqual(await parseAnswer(stdout), {
      schema: 'hermes.profile.rename/1',
      from: 'coder',
      name: 'writer',
      home: fleet.home.file('profiles/writer'),
      registered: true,
      start: null,
    });
    assert.equal(code, 0);
    const { state, wanted } = await fleet.one('gateway status writer');
    assert.deepEqual([state, wanted], ['down', 'down']);
    assert.equal(fleet.state('writer')['desired_reason'], 'tired');
  });

  it('keeps a wish that only the gateway itself had told', async () => {
    await fleet.run('gateway start coder');
    const { gateway_state: said } = fleet.state('coder');
    fleet.home.write({ 'profiles/coder/gateway_state.json': JSON.stringify({ gateway_state: said }) });
    assert.equal((await fleet.run('profile rename coder writer')).code, 0);
    assert.equal(fleet.state('writer')['desired_state'], 'running');
    await assertRenamed();
  });

  describe('killed half-way and typed again', () => {
    const moments: readonly [string, () => boolean][] = [
      [
        'when the gateway is told to stop',
        () => existsSync(fleet.file('coder', '.gateway-planned-stop.json')),
      ],
      ['when the old slot is gone', () => !existsSync(`${fleet.tree.scandir}/gateway-coder`)],
      ['when the home has its new name', () => existsSync(fleet.file('writer', 'SOUL.md'))],
    ];
    for (const [what, isThen] of moments)
      it(`${what}, ends as if nothing had happened`, async () => {
        await fleet.run('gateway start coder');
        const child = startHermes(['profile', 'rename', 'coder', 'writer'], {
          home: fleet.home.path,
          scandir: fleet.tree.scandir,
        });
        const end = once(child, 'exit');
        await until(() => isThen() || child.exitCode !== null, what);
        child.kill('SIGKILL');
        await end;
        const isDone =
          existsSync(`${fleet.tree.scandir}/gateway-writer`) &&
          !existsSync(fleet.file('writer', '.renamed-from'));
        if (!isDone) assert.equal((await fleet.run('profile rename coder writer')).code, 0);
        await until(async () => (await fleet.one('gateway status writer'))['ready'], 'writer is ready');
        await assertRenamed();
      });

    it('after a boot in between, has all logs under the new name', async () => {
      await fleet.profiles(['writer']);
      fleet.home.write({
        'profiles/writer/.renamed-from': 'coder',
        'profiles/writer/gateway_state.json': '{"desired_state": "running"}',
        'logs/gateways/coder/@400000006743c80000000000.s': 'old\n',
        'logs/gateways/coder/current': 'last\n',
      });
      rmSync(fleet.file('coder', ''), { recursive: true });
      await fleet.run('boot reconcile');
      await until(() => existsSync(`${log('writer')}/current`), 'writer logs');
      const { code, stderr } = await fleet.run('profile rename coder writer');
      assert.equal(code, 0, stderr);
      await assertRenamed();
      const archived = readdirSync(log('writer')).filter((name) => name.startsWith('@'));
      const texts = archived.sort().map((name) => readFileSync(`${log('writer')}/${name}`, 'utf8'));
      assert.deepEqual(texts, ['old\n', 'last\n']);
    });
  });

  it('of a gateway that does not come up under its new name says so, and the name is changed', async () => {
    fleet.home.write({ 'profiles/coder/gateway_state.json': '{"desired_state": "running"}' });
    fleet.home.write({ 'profiles/coder/config.yaml': 'gateway:\n  command: [/no/such/program]\n' });
    const { code, stdout, stderr } = await fleet.run('profile rename coder writer');
    assert.match(stdout, /^coder is writer now/);
    assert.match(stderr, /^Error: writer/);
    assert.ok(code === 1 || code === 78, String(code));
    assert.equal(fleet.state('writer')['desired_state'], 'running');
  });

  it('of a home that is a link renames the link', async () => {
    fleet.home.write({ 'elsewhere/SOUL.md': '' });
    symlinkSync(fleet.home.file('elsewhere'), fleet.file('linked', '').replace(/\/$/, ''));
    assert.equal((await fleet.run('profile rename linked writer')).code, 0);
    assert.ok(existsSync(fleet.file('writer', 'SOUL.md')));
    assert.ok(existsSync(fleet.home.file('elsewhere/SOUL.md')));
  });

  it('where no s6 is, renames files and says what follows', async () => {
    const { code, stdout, stderr } = await fleet.run('profile rename coder writer', { scandir: '/nowhere' });
    assert.match(stdout, /^coder is writer now/);
    assert.match(stderr, /scandir \/nowhere does not exist: the profile is renamed all the same/);
    assert.equal(code, 0);
  });

  it('waits while a hosted program that ignores SIGTERM is ended, and never has two of it', async () => {
    const agent = writeAgent(fleet.home);
    fleet.home.write({
      'profiles/coder/config.yaml': `gateway:\n  stop_timeout: 0.2\n  command: [/bin/sh, -c, "trap '' TERM; ${agent.path}"]\n`,
    });
    await fleet.run('gateway start coder');
    assert.equal((await fleet.run('profile rename coder writer')).code, 0);
    assert.equal(agent.alive().length, 1);
    assert.deepEqual(agent.doubles(), []);
  });

  describe('refuses, with the gateway running as before,', () => {
    const cases: readonly [string, string, number, RegExp][] = [
      ['a name that is taken', 'coder other', 1, /profiles\/other exists already\nChoose another name/],
      ['its own name', 'coder coder', 1, /coder is its name already/],
      [
        'a profile that does not exist, with the nearest',
        'codr writer',
        4,
        /no profile codr\nDid you mean "coder"/,
      ],
      ['the root profile', 'default writer', 2, /reserved/],
      ['a reserved name', 'coder root', 2, /reserved/],
      ['a name that is none', 'coder ../x', 2, /is no profile name/],
      ['one name alone', 'coder', 2, /NEW is missing/],
    ];
    for (const [what, words, exit, said] of cases)
      it(what, async () => {
        await fleet.profiles(['other']);
        await fleet.run('gateway start coder');
        const { pid } = await fleet.one('gateway status coder');
        const { code, stdout, stderr } = await fleet.run(`profile rename ${words}`);
        assert.match(stderr, said);
        assert.equal(stdout, '');
        assert.equal(code, exit);
        assert.equal((await fleet.one('gateway status coder'))['pid'], pid);
      });
  });
});
