import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { defaultConfig } from '../../src/lib/profile/config.ts';
import { parseProfileName } from '../../src/lib/profile/name.ts';
import { type SlotConfig, slotFiles, type SlotSite } from '../../src/lib/gateway/slot.ts';

const site: SlotSite = {
  binDir: '/usr/bin',
  programDirs: ['/opt/node/bin', "/opt/it's/bin"],
  runtimeUserName: 'hermes',
  withContenv: false,
};

function render(name: string, config: Partial<SlotConfig> = {}, more: Partial<SlotSite> = {}) {
  const { files } = slotFiles(
    parseProfileName(name),
    { ...defaultConfig, ...config },
    { ...site, ...more },
    { down: true },
  );
  return (path: string) => files.get(path)?.content ?? '';
}

describe('the files of a slot', () => {
  it('run the default profile without -p and a named one with it, under the lock of its own home', () => {
    assert.match(
      render('default')('run'),
      /export HERMES_PROFILE=default\n[^]*\nexec "\$@" \/usr\/bin\/s6-setlock -n "\$HERMES_HOME\/gateway\.lock" \\\n {2}hermes gateway run\n/,
    );
    assert.match(
      render('coder')('run'),
      /unset HERMES_PROFILE\n[^]*\nexec "\$@" \/usr\/bin\/s6-setlock -n "\$HERMES_HOME\/profiles\/coder\/gateway\.lock" \\\n {2}hermes -p coder gateway run\n/,
    );
  });

  it('take the container environment through with-contenv where it exists', () => {
    assert.match(
      render('coder', {}, { withContenv: true, binDir: '/command' })('run'),
      /^#!\/command\/with-contenv sh\n/,
    );
    assert.match(render('coder')('run'), /^#!\/bin\/sh\n/);
  });

  it('put the program that rendered them first on PATH, whatever its directory is called', () => {
    assert.match(render('coder')('run'), /export PATH='\/opt\/node\/bin':'\/opt\/it'\\''s\/bin':"\$\{PATH:-/);
  });

  it('bake in no home and no UID', () => {
    for (const script of ['run', 'log/run']) assert.match(render('coder')(script), /"\$HERMES_HOME"?\//);
    assert.doesNotMatch(render('coder')('run'), /HERMES_HOME=["']?\/(?!opt\/data)/);
  });

  it('are shell that every sh can parse', () => {
    for (const mode of ['host', 'exec'] as const)
      for (const user of ['hermes', null])
        for (const script of ['run', 'finish', 'log/run'])
          execFileSync('sh', ['-n'], {
            input: render('coder', { mode }, { runtimeUserName: user })(script),
          });
  });

  it('log to the stdout of the container behind the name, and stamped to the rotated directory', () => {
    assert.match(
      render('coder')('log/run'),
      /directory="\$HERMES_HOME\/logs\/gateways\/coder"\n[^]*exec "\$@" \/usr\/bin\/s6-log pcoder 1 p n10 s1000000 T "\$directory"\n/,
    );
  });

  it('promise readiness unless a program in exec mode does not say so itself', () => {
    assert.equal(render('coder')('notification-fd'), '3\n');
    assert.equal(render('coder', { mode: 'exec' })('notification-fd'), '');
    assert.equal(render('coder', { mode: 'exec', notify: true })('notification-fd'), '3\n');
  });

  it('end a gateway that ignores TERM after its stop timeout', () => {
    assert.equal(render('coder', { stopTimeoutS: 2.5 })('timeout-kill'), '2500\n');
  });

  it('turn exit 78 into "do not try again", and nothing else', () => {
    const finish = render('coder')('finish');
    const exitOf = (code: string) =>
      execFileSync('sh', ['-c', `(${finish.replace(/^#!.*\n/, '')}); echo $?`, 'finish', code], {
        encoding: 'utf8',
      }).trim();
    assert.equal(exitOf('78'), '125');
    for (const code of ['0', '1', '143', '256']) assert.equal(exitOf(code), '0');
  });
});
