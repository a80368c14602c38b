import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../helpers/until.ts';
import { Container } from './container.ts';
import { docker } from './engine.ts';
import { overlay } from './images.ts';
import { Volume } from './volume.ts';

const rootsScandir = ['-e', 'S6_PROFILE_GATEWAY_SCANDIR='];

describe('the image on s6-overlay', function () {
  this.timeout(120_000);
  let volume: Volume;
  let container: Container;

  beforeEach(() => {
    volume = new Volume();
  });

  afterEach(async () => {
    await container.remove();
    volume.remove();
  });

  const start = async (options: readonly string[] = [], command: readonly string[] = []) => {
    container = await Container.start(overlay, { volume, options, command });
    return container.booted();
  };

  const owner = (name: string) => {
    const { uid, gid } = statSync(join(volume.path, name));
    return `${uid}:${gid}`;
  };

  it("the gateways' tree is the runtime user's, and root's scandir stays root's", async () => {
    await start();
    const uid = async (argv: RegExp) => {
      const found = (await container.processes()).find((process) => argv.test(process.argv));
      return (
        await container.exec([
          'sed',
          '-n',
          's/^Uid:\\t\\([0-9]*\\).*/\\1/p',
          `/proc/${String(found?.pid)}/status`,
        ])
      ).stdout;
    };
    assert.equal(await uid(/s6-svscan .*\/run\/hermes\/service$/), '10000\n');
    assert.equal(await uid(/s6-svscan .*\/run\/service$/), '0\n');
    assert.notEqual((await container.exec(['touch', '/run/service/x'])).code, 0);
  });

  it('root gives nothing away through a link in the place of the scandir, or in it', async () => {
    await start();
    const root = async (script: string): Promise<string> => {
      const { code, stdout, stderr } = await container.exec(['sh', '-c', script], { user: 'root' });
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const target = 'mkdir -p /run/target && touch /run/target/file';
    const look = 'cd /run/target && stat -c %u . && ls -A';
    assert.notEqual((await container.exec(['mv', '/run/hermes/service', '/run/hermes/away'])).code, 0);
    await root(
      `${target} && mv /run/hermes/service /run/hermes/away && ln -s /run/target /run/hermes/service`,
    );
    await container.restart();
    await container.booted();
    assert.equal(await root(look), '0\nfile\n');
    const plant = 'cd /run/hermes/service && mv .s6-svscan away && ln -s /run/target .s6-svscan';
    assert.equal((await container.exec(['sh', '-c', plant])).code, 0);
    await root('/command/s6-svc -k /run/service/hermes-tree');
    const deaths = () => root('/command/s6-svdt /run/service/hermes-tree | wc -l');
    await until(async () => Number(await deaths()) > 1, 'its script has run once more');
    assert.equal(await root(look), '0\nfile\n');
  });

  it("static services of the image are the runtime user's to command; s6's own are not", async () => {
    await start();
    const command = (service: string) => container.exec(['/command/s6-svc', '-r', `/run/service/${service}`]);
    assert.equal((await command('dashboard')).code, 0);
    assert.notEqual((await command('s6rc-oneshot-runner')).code, 0);
  });

  it('the runtime user gets the UID and GID that were asked for, and what is ours on the volume', async () => {
    volume.writeProfile('coder', { desired_state: 'running' });
    volume.write('private/notes.txt', 'not ours');
    for (const name of [
      '',
      'profiles',
      'profiles/coder',
      'profiles/coder/SOUL.md',
      'profiles/coder/config.yaml',
    ])
      chownSync(join(volume.path, name), 1000, 1000);
    mkdirSync(join(volume.path, 'profiles/planted'));
    symlinkSync('/etc/passwd', join(volume.path, 'profiles/planted/SOUL.md'));
    symlinkSync('/etc', join(volume.path, 'profiles/linked'));
    await start(['-e', 'PUID=99', '-e', 'PGID=100']);
    await container.reaches('coder', 'ready');
    for (const name of ['', 'profiles/coder', 'profiles/coder/SOUL.md', 'profiles/coder/gateway_state.json'])
      assert.equal(owner(name), '99:100', name);
    assert.equal(owner('private/notes.txt'), '10000:10000');
    assert.equal((await container.exec(['stat', '-c', '%u', '/etc', '/etc/passwd'])).stdout, '0\n0\n');
    const logs = await container.logs();
    assert.match(logs, /planted\/SOUL\.md is a symlink/);
    assert.match(logs, /profiles\/linked is a symlink/);
  });

  it('a UID that cannot be used is refused, and the container starts with the one of the image', async () => {
    await start(['-e', 'HERMES_UID=0', '-e', 'HERMES_GID=70000']);
    const logs = await container.logs();
    assert.match(logs, /UID 0 cannot be used/);
    assert.match(logs, /GID 70000 cannot be used/);
    assert.equal((await container.exec(['id', '-u'])).stdout, '10000\n');
  });

  it('a bad profile is named and stops neither the others nor the container', async () => {
    volume.write('profiles/Bad Name/SOUL.md', '');
    volume.writeProfile('coder', { desired_state: 'running' });
    await start();
    await container.reaches('coder', 'ready');
    assert.match(await container.logs(), /Bad Name/);
    assert.ok(volume.bootLog().some((line) => /Bad Name.*action=failed.*reason=bad-name/.test(line)));
  });

  for (const [variant, options] of [
    ['own tree', []],
    ["root's scandir", rootsScandir],
  ] as const)
    it(`the command runs as the runtime user, with its HOME and the container's environment (${variant})`, async () => {
      const words = ['sh', '-c', 'echo "$(id -u) $HOME $GREETING"; exit 3'];
      container = await Container.start(overlay, {
        volume,
        options: ['-e', 'GREETING=hi', ...options],
        command: words,
      });
      assert.equal(await container.ended(), 3);
      assert.match(await container.logs(), /^10000 \/opt\/data hi$/m);
    });

  it('an arbitrary --user is refused with what to give instead', async () => {
    await start();
    const { code, stderr } = await docker([
      'exec',
      '-u',
      '12345',
      container.name,
      '/opt/hermes/docker/main-wrapper.sh',
    ]);
    assert.equal(code, 78);
    assert.match(stderr, /HERMES_UID=12345/);
  });

  it('root of a docker exec becomes the runtime user before anything else', async () => {
    await start(rootsScandir);
    const { stdout } = await container.exec(['profile', 'create', 'coder', '--start'], { user: 'root' });
    assert.match(stdout, /coder/);
    assert.equal(owner('profiles/coder/gateway_state.json'), '10000:10000');
    await until(
      () => readFileSync(join(volume.path, 'logs/lifecycle.jsonl'), 'utf8').includes('"uid":10000'),
      'so it says',
    );
  });
});
