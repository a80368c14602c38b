import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { siteManager } from '../../src/lib/gateway/registry.ts';
import { look } from '../../src/lib/gateway/sight.ts';
import { readState } from '../../src/lib/gateway/state.ts';
import { type Facts, selectedStatus, statusOf } from '../../src/lib/gateway/status.ts';
import { parseProfileName } from '../../src/lib/profile/name.ts';
import { listProfiles } from '../../src/lib/profile/store.ts';
import { type Fleet, orphaned, startFleet } from '../helpers/fleet.ts';
import { siteOf } from '../helpers/site.ts';
import { until } from '../helpers/until.ts';

const dies = '  command: [sh, -c, "exit 3"]\n';

describe('gateway status', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const slot = (name: string) => join(fleet.tree.scandir, `gateway-${name}`);
  const svc = (flags: string) => execFileSync('/usr/bin/s6-svc', [flags, slot('coder')]);
  const reaches = (state: string) =>
    until(async () => {
      const status = await fleet.one('gateway status coder');
      return status['state'] === state ? status : assert.fail(JSON.stringify(status));
    }, `coder is ${state}`);

  /** What decides about a gateway, as it is now. */
  async function factsOf(name: string): Promise<Facts> {
    const site = siteOf(fleet.home.path, fleet.tree.scandir);
    const [service, home] = [`gateway-${name}`, fleet.file(name, '')];
    const sight = (await look(siteManager(site), [{ service, home }]))(service);
    return {
      hasSlot: true,
      sight,
      reading: readState(home),
      saysReady: true,
      configTrouble: null,
      now: new Date(),
    };
  }

  it('takes a gateway that the operator restarts for one that starts, whatever it died of before', async () => {
    await fleet.profiles(['coder'], dies);
    await fleet.run('gateway start coder');
    await reaches('backoff');
    const { sight, reading, ...facts } = await factsOf('coder');
    const down = { ...sight, status: sight.status && { ...sight.status, up: false, wantedUp: true } };
    assert.equal(statusOf(parseProfileName('coder'), { ...facts, reading, sight: down }).state, 'backoff');
    const restarted = {
      kind: 'state',
      data: { desired_state: 'running', desired_at: new Date().toISOString() },
    } as const;
    assert.equal(
      statusOf(parseProfileName('coder'), { ...facts, reading: restarted, sight: down }).state,
      'starting',
    );
  });

  it('says ready, with the facts, and 0', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 0);
    assert.match(
      stdout,
      new RegExp(`^Manager: s6 \\(container supervisor\\)\\ncoder +ready +pid ${String(pid)}, for \\d+s\\n$`),
    );
    const { wanted, ready, since, ready_since, deaths, drift } = await fleet.one('gateway status coder');
    assert.deepEqual([wanted, ready, deaths, drift], ['up', true, 0, null]);
    for (const moment of [since, ready_since])
      assert.ok(Math.abs(Date.now() - Date.parse(String(moment))) < 60_000);
  });

  it('says up where nobody will say ready', async () => {
    await fleet.profiles(['coder'], '  mode: exec\n  command: [sleep, "1000000"]\n');
    await fleet.run('gateway start coder');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 0);
    assert.match(stdout, /coder +up +pid \d+/);
  });

  it('says starting until it is ready, and 3', async () => {
    await fleet.profiles(['coder'], '  notify: true\n  command: [sleep, "1000000"]\n');
    await fleet.run('gateway start coder --no-wait');
    await reaches('starting');
    assert.equal((await fleet.run('gateway status coder')).code, 3);
  });

  it('says stopping while it drains, and 3', async () => {
    await fleet.profiles(
      ['coder'],
      '  mode: exec\n  notify: true\n  command: [sh, -c, "trap : TERM; echo >&3; while :; do sleep 0.1; done"]\n',
    );
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder --no-wait');
    await reaches('stopping');
    assert.equal((await fleet.run('gateway status coder')).code, 3);
    svc('-k');
  });

  it('says backoff with the next try, the deaths and the last cause, and 1', async () => {
    await fleet.profiles(['coder'], dies);
    await fleet.run('gateway start coder');
    await until(
      async () => Number((await fleet.one('gateway status coder'))['deaths']) >= 3,
      'it died three times',
    );
    await reaches('backoff');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /coder +backoff .*(next try in \d+s|trying now), \d+ deaths in \d+s, last: exit 3\n +wanted up, but it keeps dying\n/,
    );
  });

  it('says failed after exit 78, with the reason, and 1', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    fleet.home.write({ 'profiles/coder/config.yaml': 'gateway:\n  port: none\n' });
    writeFileSync(fleet.file('coder', 'gateway_state.json'), '{"desired_state":"running"}');
    svc('-U');
    await reaches('failed');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 1);
    assert.match(stdout, /given up after exit 78: .*config\.yaml, line 2: gateway\.port/);
  });

  it('says which line it is after exit 78 in exec mode too, where no process of ours told the state', async () => {
    await fleet.profiles(['coder'], '  mode: exec\n  command: [sleep, "1000000"]\n');
    await fleet.run('gateway start coder');
    svc('-d');
    await reaches('down');
    await fleet.profiles(['coder'], '  mode: exec\n  command: none\n');
    svc('-U');
    const { drift } = await reaches('failed');
    assert.match(String(drift), /given up after exit 78: .*config\.yaml, line 4: gateway\.command/);
  });

  it('says down as intended, and 3', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 3);
    assert.match(stdout, /coder +down +for \d+s\n$/);
  });

  it('says down and that it should be up when somebody went round the program, and 1', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    svc('-d');
    await reaches('down');
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 1);
    assert.match(stdout, /wanted up, but it is down \(last: exit 143\): "hermes gateway start -p coder"/);
  });

  it('says up though it should be down, and 1', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    svc('-u');
    const { drift } = await reaches('ready');
    assert.match(String(drift), /^wanted down, but it is up/);
    assert.equal((await fleet.run('gateway status coder')).code, 1);
  });

  it('says that a gateway would not come up again by itself', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    writeFileSync(join(slot('coder'), 'down'), '');
    const { drift } = await fleet.one('gateway status coder');
    assert.match(String(drift), /would not come up again by itself/);
  });

  it('says unsupervised with the PID that holds the lock, and 1', async () => {
    await fleet.profiles(['coder']);
    const pid = await orphaned(fleet);
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 1);
    assert.match(
      stdout,
      new RegExp(`coder +unsupervised +.*\\n.*pid ${pid} holds gateway.lock and nobody supervises it`),
    );
  });

  it('says unsupervised of a slot without a supervisor, and 4', async () => {
    await fleet.profiles(['coder']);
    mkdirSync(slot('coder'));
    const { state } = await fleet.one('gateway status coder');
    assert.equal(state, 'unsupervised');
    assert.equal((await fleet.run('gateway status coder')).code, 4);
  });

  it('says missing of a profile without a slot, and 4', async () => {
    await fleet.profiles(['coder']);
    const { code, stdout } = await fleet.run('gateway status coder');
    assert.equal(code, 4);
    assert.match(stdout, /coder +missing\n$/);
  });

  it('shows every profile with --all and ends with the worst code', async () => {
    await fleet.profiles(['default', 'one', 'two']);
    await fleet.run('gateway start default one');
    await fleet.run('gateway stop two');
    const { code, stdout } = await fleet.run('gateway status --all');
    assert.equal(code, 4);
    assert.match(stdout, /default +ready[^]*one +ready[^]*two +missing/);
  });

  it('tells the truth with a state file that cannot be read', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    for (const content of ['[1]', '\xff\xfe', '{"desired_state":7}', '']) {
      writeFileSync(fleet.file('coder', 'gateway_state.json'), content, 'latin1');
      const { state, wanted, drift } = await fleet.one('gateway status coder');
      assert.deepEqual([state, wanted], ['ready', null]);
      assert.match(
        String(drift),
        /^gateway_state\.json does not tell what is wanted: .*"hermes gateway start -p coder"/,
      );
    }
  });

  it('names a way out that works where start and stop cannot replace the state file', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    const state = fleet.file('coder', 'gateway_state.json');
    rmSync(state);
    symlinkSync('/nowhere', state);
    const drift = String((await fleet.one('gateway status coder'))['drift']);
    assert.match(drift, /^gateway_state\.json does not tell what is wanted: it is a symbolic link/);
    const [, wayOut = ''] = /: (mv .*)$/.exec(drift) ?? [];
    for (const words of ['gateway why coder', 'doctor --json'])
      assert.ok((await fleet.run(words)).stdout.includes(wayOut), words);
    execFileSync('sh', ['-c', wayOut]);
    assert.equal((await fleet.run('gateway start coder')).code, 0);
  });

  it('changes nothing, not even on a home where everything is a link', async () => {
    await fleet.profiles(['coder']);
    symlinkSync('/etc/hostname', fleet.file('coder', 'gateway_state.json'));
    assert.equal((await fleet.one('gateway status coder'))['wanted'], null);
  });

  it('refuses names together with -p or --all', async () => {
    for (const words of [
      'gateway status coder -p coder',
      'gateway status coder --all',
      'gateway status --all -p coder',
    ]) {
      const { code, stderr } = await fleet.run(words);
      assert.equal(code, 2, words);
      assert.match(stderr, /names, or -p, or --all/);
    }
  });

  it('leaves out what is deleted while all are asked about', async () => {
    await fleet.profiles(['coder', 'writer']);
    await fleet.run('gateway start writer');
    const site = siteOf(fleet.home.path, fleet.tree.scandir);
    const whileAskedAbout = async (gone: string): Promise<string[]> => {
      const { gateways } = await selectedStatus(site, () => {
        const profiles = listProfiles(site.root);
        rmSync(fleet.file(gone, 'SOUL.md'), { force: true });
        return profiles;
      });
      return gateways.map(({ profile }) => profile);
    };
    assert.deepEqual(await whileAskedAbout('coder'), ['default', 'writer'], 'without a slot');
    execFileSync('/usr/bin/s6-svscanctl', ['-t', fleet.tree.scandir]);
    await until(
      async () => (await fleet.one('gateway status writer'))['since'] === null,
      'nobody supervises',
    );
    assert.deepEqual(await whileAskedAbout('writer'), ['default'], 'with one');
  });

  it('is healthy when all that are wanted up are ready, and says why when not', async () => {
    await fleet.profiles(['default', 'one']);
    const healthy = await fleet.run('gateway health');
    assert.deepEqual([healthy.code, healthy.stdout], [0, 'healthy\n']);
    await fleet.run('gateway start one');
    await fleet.run('gateway stop default');
    assert.equal((await fleet.run('gateway health')).code, 0);
    svcOf('one', '-d');
    await until(async () => (await fleet.one('gateway status one'))['state'] === 'down', 'one is down');
    const { code, stderr } = await fleet.run('gateway health');
    assert.equal(code, 1);
    assert.match(stderr, /^unhealthy: one is down: wanted up, but it is down.*\n$/);
    for (const words of ['gateway health nobody', 'gateway health --sideways'])
      assert.equal((await fleet.run(words)).code, 1, words);
    const typo = await fleet.run('gateway health on');
    assert.match(typo.stderr, /^unhealthy: no such gateway 'on': .* \(Did you mean "one"\?\)\n$/);
    rmSync(fleet.tree.scandir, { recursive: true });
    assert.equal((await fleet.run('gateway health')).code, 1);
  });

  const svcOf = (name: string, flags: string) => execFileSync('/usr/bin/s6-svc', [flags, slot(name)]);

  it('explains install and uninstall, which have nothing to do under s6 and change nothing', async () => {
    const everything = () => [fleet.home.path, fleet.tree.scandir].map((top) => readdirSync(top));
    const before = everything();
    for (const verb of ['install', 'uninstall']) {
      const { code, stdout } = await fleet.run(`gateway ${verb} -p coder`);
      assert.equal(code, 0);
      assert.match(stdout, /s6 supervises the gateway of coder.*nothing to (un)?install/);
    }
    assert.deepEqual(everything(), before);
  });
});
