import assert from 'node:assert/strict';
import { runHermes, runJson } from '../helpers/cli.ts';
import { freePort } from '../helpers/free-port.ts';
import { profileTree, tempHome, type TempHome } from '../helpers/home.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';

describe('before a gateway starts', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  let port: number;
  beforeEach(async () => {
    port = await freePort();
    home = tempHome({
      ...profileTree('coder', port),
      ...profileTree('writer', await freePort()),
      'profiles/coder/.env': 'CHAT_TOKEN=s3cret-of-coder\nMODEL=large\n',
    });
    tree = await startTree({ env: { HERMES_HOME: home.path, INHERITED_TOKEN: 's3cret-of-container' } });
  });
  afterEach(async () => {
    await tree.stop();
    await home.remove();
  });
  const hermes = (...args: string[]) => runHermes(args, { home: home.path, scandir: tree.scandir });

  it('a port that another profile names too is told, with a free one to take', async () => {
    home.write(profileTree('writer', port));
    const { stderr, stdout, code } = await hermes('gateway', 'start', 'coder');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^coder is up and ready/);
    assert.match(
      stderr,
      new RegExp(`^Warning: coder and writer have the same port ${port} \\(.*config\\.yaml`, 'm'),
    );
    const [, command = ''] =
      /sed -i 's\/port: \*\d+\\b\/port: (\d+)\/' \S+ && hermes gateway restart writer$/m.exec(stderr) ?? [];
    assert.notEqual(Number(command), port);
    assert.ok(Number(command) > 1024);
  });

  it('a token in two .env files is told by a fingerprint, never by its value', async () => {
    home.write({ 'profiles/writer/.env': 'BOT_TOKEN=s3cret-of-coder\nMODEL=large\n' });
    const { stderr, code } = await hermes('gateway', 'start', 'writer');
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^Warning: coder and writer have the same CHAT_TOKEN and BOT_TOKEN \(fingerprint [0-9a-f]{8}: /m,
    );
    assert.ok(!stderr.includes('s3cret'));
    assert.ok(!stderr.includes('MODEL'));
  });

  it('a token of the environment that every profile inherits is told, unless all but one have their own', async () => {
    const first = await hermes('gateway', 'start', 'coder');
    assert.match(first.stderr, /^Warning: default, coder and writer have the same INHERITED_TOKEN/m);
    assert.match(first.stderr, /default from s6-svscan \(pid \d+\)/);
    assert.ok(!first.stderr.includes('s3cret'));
    home.write({
      '.env': 'INHERITED_TOKEN=a\n',
      'profiles/writer/.env': 'INHERITED_TOKEN=b\n',
    });
    const second = await hermes('gateway', 'start', 'coder');
    assert.ok(!second.stderr.includes('INHERITED_TOKEN'), second.stderr);
  });

  it('JSON has it as the note of the profiles that it is about, and one that shares nothing has none', async () => {
    home.write({
      '.env': 'INHERITED_TOKEN=a\n',
      'profiles/writer/.env': 'INHERITED_TOKEN=b\nBOT_TOKEN=s3cret-of-coder\n',
    });
    const { json, stdout } = await runJson(['gateway', 'start', 'coder', 'writer'], {
      home: home.path,
      scandir: tree.scandir,
    });
    const { results } = json as { results: { profile: string; note: string | null }[] };
    for (const { note } of results) assert.match(note ?? '', /coder and writer have the same CHAT_TOKEN/);
    assert.ok(!stdout.includes('s3cret'));
  });

  it('a profile is created all the same, and told what it shares', async () => {
    const { stderr, code } = await hermes(
      'profile',
      'create',
      'third',
      '--env',
      'CHAT_TOKEN=s3cret-of-coder',
    );
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: coder and third have the same CHAT_TOKEN/m);
    assert.ok(!stderr.includes('s3cret'));
  });

  it('a profile is cloned all the same, and told what it inherits like the others, and what to do', async () => {
    const { stderr, code } = await hermes('profile', 'create', 'third', '--clone', 'coder');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Warning: default, coder, third and writer have the same INHERITED_TOKEN .*\.env/m);
    assert.ok(!stderr.includes('s3cret'));
  });

  it('a profile is not created on a port that another one names', async () => {
    const { stderr, code } = await hermes('profile', 'create', 'third', '--port', String(port));
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`^Error: port ${port} is the port of profile coder\nTake --port \\d+, which is free`),
    );
  });
});
