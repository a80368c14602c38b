import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { tryLock } from '../../src/lib/files/lock.ts';
import { readJournal } from '../../src/lib/gateway/journal.ts';
import type { RootHome } from '../../src/lib/profile/home.ts';
import { openClinic, type Clinic } from '../helpers/clinic.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';

describe('doctor of profiles', () => {
  let clinic: Clinic;
  beforeEach(async () => {
    clinic = await openClinic({ SHARED_TOKEN: '' });
  });
  afterEach(() => clinic.close());

  it('names the line of a config.yaml that cannot work', async () => {
    clinic.write({ 'profiles/coder/config.yaml': 'gateway:\n  port: many\n' });
    const found = await clinic.only('files');
    assert.equal(found.profile, 'coder');
    assert.match(found.evidence, /config\.yaml, line 2: gateway\.port must be a whole number/);
  });

  it('names the line of an .env that cannot be read, without its text', async () => {
    clinic.write({ 'profiles/coder/.env': 'A=1\nB="s3cret\n' });
    const found = await clinic.only('files');
    assert.match(found.evidence, /\.env, line 2: the quote " is never closed/);
    assert.ok(!found.evidence.includes('s3cret'));
  });

  it('tells of a state that cannot be read', async () => {
    clinic.write({ 'profiles/coder/gateway_state.json': '{"desired_state": ' });
    const found = await clinic.only('files');
    assert.match(found.evidence, /gateway_state\.json: it is not JSON$/);
    assert.equal(found.fix, 'hermes gateway start coder');
  });

  it('shuts an .env that others can read', async () => {
    clinic.write({ 'profiles/coder/.env': 'A=1\n' });
    chmodSync(clinic.home.file('profiles/coder/.env'), 0o644);
    const found = await clinic.only('files');
    assert.match(found.evidence, /\.env is 0644$/);
    assert.match(found.fix ?? '', /^chmod 600 /);
    const { healthy, findings } = await clinic.doctor(['--fix']);
    assert.ok(healthy && findings[0]?.fixed);
    assert.equal(statSync(clinic.home.file('profiles/coder/.env')).mode & 0o777, 0o600);
  });

  it('tells of a gateway that is wanted up and has no slot; of one that is not, it only warns', async () => {
    clinic.write({ 'profiles/third/SOUL.md': '', 'profiles/third/config.yaml': 'gateway: {port: 9}\n' });
    assert.equal((await clinic.only('slots')).level, 'warning');
    clinic.write({ 'profiles/third/gateway_state.json': '{"desired_state":"running"}' });
    const found = await clinic.only('slots');
    assert.equal(found.level, 'problem');
    assert.match(found.what, /^third has no slot, and is wanted up$/);
    assert.equal(found.fix, 'hermes gateway start third');
  });

  it('tells of a slot that nobody supervises', async () => {
    clinic.write({ 'profiles/third/SOUL.md': '', 'profiles/third/config.yaml': 'gateway: {port: 9}\n' });
    // s6-svscan has not been told of it.
    mkdirSync(join(clinic.tree.scandir, 'gateway-third'));
    const found = await clinic.only('slots');
    assert.equal(found.what, 'nobody supervises the slot of third');
  });

  it('retires a slot without a profile, with its gateway and its supervisors, and says so in the journal', async () => {
    const started = await clinic.hermes('gateway', 'start', 'coder');
    assert.equal(started.code, 0, started.stderr);
    renameSync(clinic.home.file('profiles/coder'), clinic.home.file('coder-aside'));
    const found = await clinic.only('slots');
    assert.match(found.what, /^there is a slot for coder, and no such profile$/);
    const { healthy, findings } = await clinic.doctor(['--fix']);
    assert.ok(healthy && findings[0]?.fixed, JSON.stringify(findings));
    assert.ok(!existsSync(join(clinic.tree.scandir, 'gateway-coder')));
    assert.equal(supervisorsOf(clinic.tree.scandir, 'gateway-coder').length, 0);
    const entry = readJournal({ root: clinic.home.path as RootHome }).at(-1);
    assert.deepEqual([entry?.profile, entry?.action, entry?.outcome], ['coder', 'retire', 'done']);
  });

  it('removes what killed commands left behind, and tells of each kind', async () => {
    const leftovers = [
      join(clinic.tree.scandir, '.gateway-coder.new-0123456789ab'),
      join(clinic.tree.scandir, 'gateway-old.tmp'),
      clinic.home.file('profiles/.staging-third.0123456789ab'),
      clinic.home.file('profiles/coder/.gateway_state.json.0123456789ab.tmp'),
    ];
    for (const path of leftovers) mkdirSync(path);
    rmSync(leftovers[3] ?? '', { recursive: true });
    clinic.write({ 'profiles/coder/.gateway_state.json.0123456789ab.tmp': '{' });
    const { findings } = await clinic.doctor();
    assert.deepEqual(new Set(findings.map(({ check }) => check)), new Set(['leftovers']));
    for (const path of leftovers)
      assert.ok(
        findings.some(({ evidence }) => evidence.includes(path)),
        path,
      );
    const { code, stdout } = await clinic.hermes('doctor', '--fix');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\nHealthy: no problem found, 3 fixed\.\n$/);
    for (const path of leftovers) assert.ok(!existsSync(path), path);
  });

  it('takes nothing for left behind that is being made, and removes it no sooner than it is', async () => {
    const beingMade = {
      'profiles/.staging-third.0123456789ab': '.profiles.lock',
      'profiles/coder/.gateway_state.json.0123456789ab.tmp': 'profiles/coder/.gateway_state.json.lock',
      'profiles/writer/..gateway-planned-stop.json.0123456789ab.tmp': 'profiles/writer/.lifecycle.lock',
    };
    const locks = Object.values(beingMade).map((lock) => tryLock(clinic.home.file(lock)));
    try {
      for (const path of Object.keys(beingMade)) clinic.write({ [path]: '' });
      for (const args of [[], ['--fix']]) assert.deepEqual((await clinic.doctor(args)).findings, []);
      for (const path of Object.keys(beingMade)) assert.ok(existsSync(clinic.home.file(path)), path);
    } finally {
      for (const lock of locks) lock?.release();
    }
    const { findings } = await clinic.doctor(['--fix']);
    assert.deepEqual(
      findings.map(({ check, fixed }) => [check, fixed]),
      [
        ['leftovers', true],
        ['leftovers', true],
      ],
    );
  });

  it('tells of a port that two profiles have', async () => {
    const [port] = clinic.ports;
    clinic.write({ 'profiles/writer/config.yaml': `gateway:\n  port: ${port}\n` });
    const found = await clinic.only('collisions');
    assert.equal(found.level, 'problem');
    assert.equal(found.what, `coder and writer have the same port ${port}`);
    assert.match(found.fix ?? '', /^sed -i 's\/port: .* && hermes gateway restart writer$/);
  });

  it('tells of a port that somebody else listens on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(clinic.ports[0], '127.0.0.1', resolve));
    const found = await clinic.only('collisions');
    await new Promise((resolve) => server.close(resolve));
    assert.equal(found.what, 'somebody else has the port of coder');
  });

  it('tells of a token that two profiles have, and only warns of an API key', async () => {
    clinic.write({
      'profiles/coder/.env': 'CHAT_TOKEN=s3cret\n',
      'profiles/writer/.env': 'CHAT_TOKEN=s3cret\n',
    });
    const found = await clinic.only('collisions');
    assert.equal(found.level, 'problem');
    assert.match(found.evidence, /^fingerprint [0-9a-f]{8}: coder from \S+\.env, writer from \S+\.env$/);
    assert.ok(!JSON.stringify(found).includes('s3cret'));
    clinic.write({
      'profiles/coder/.env': 'MODEL_API_KEY=s3cret\n',
      'profiles/writer/.env': 'MODEL_API_KEY=s3cret\n',
    });
    assert.equal((await clinic.only('collisions')).level, 'warning');
  });
});

describe('doctor of a container whose environment has a token', () => {
  it('warns that every profile inherits it', async () => {
    const clinic = await openClinic({ SHARED_TOKEN: 's3cret' });
    try {
      const found = await clinic.only('collisions');
      assert.equal(found.level, 'warning');
      assert.equal(found.what, 'default, coder and writer have the same SHARED_TOKEN');
      assert.match(found.evidence, /default from s6-svscan \(pid \d+\), coder from s6-svscan/);
      assert.ok(!JSON.stringify(found).includes('s3cret'));
    } finally {
      await clinic.close();
    }
  });
});
