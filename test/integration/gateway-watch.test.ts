import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { parseAnswer } from '../helpers/answer.ts';
import { runBeforeHead, startHermes } from '../helpers/cli.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { until } from '../helpers/until.ts';

describe('gateway status --watch', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  const watch = (words: string) => {
    const child = startHermes(`gateway status ${words} --watch`.split(' '), {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    const seen = { text: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (seen.text += text));
    return { child, seen, ended: once(child, 'close') };
  };

  it('gives a line for each change where nobody can be shown a screen', async () => {
    await fleet.profiles(['coder', 'still']);
    const { child, seen, ended } = watch('coder still');
    await until(() => /Z {2}coder +missing\n.*Z {2}still +missing\n/.test(seen.text), 'what is');
    await fleet.run('gateway start coder');
    await until(() => /Z {2}coder +ready +pid \d+/.test(seen.text), 'it is ready');
    await fleet.run('gateway stop coder');
    await until(() => /coder +ready[^]*coder +down/.test(seen.text), 'it is down');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [4, null]);
    assert.equal(seen.text.match(/still/g)?.length, 1, 'no line without a change');
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(seen.text, /\x1b/);
  });

  it('sees what others did: a kill, and the wish in the state file', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    const { child, seen, ended } = watch('coder');
    await until(() => seen.text.includes(`pid ${String(pid)}`), 'the first process');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => /ready .*1 death, last: killed by SIGKILL/.test(seen.text), 'the death');
    fleet.home.write({ 'profiles/coder/gateway_state.json': '{"desired_state":"stopped"}' });
    await until(() => /wanted down, but it is up/.test(seen.text), 'the wish');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [1, null]);
  });

  it('shows profiles that come and go with --all', async () => {
    await fleet.profiles(['coder']);
    const { child, seen, ended } = watch('--all');
    await until(() => seen.text.includes('coder'), 'what is');
    await fleet.run('profile create writer');
    await until(() => seen.text.includes('writer'), 'the new one');
    await fleet.run('profile delete writer --yes');
    await until(() => readdirSync(fleet.home.file('profiles')).join() === 'coder', 'it is deleted');
    await fleet.run('gateway start coder');
    await until(() => /coder +ready/.test(seen.text), 'the watching goes on');
    child.kill('SIGTERM');
    await ended;
  });

  it('prints one whole answer a change with --json', async () => {
    await fleet.profiles(['coder']);
    const { child, seen, ended } = watch('coder --json');
    await until(() => seen.text.includes('missing'), 'what is');
    await fleet.run('gateway start coder');
    await until(() => seen.text.includes('"ready":true'), 'it is ready');
    child.kill('SIGTERM');
    await ended;
    for (const line of seen.text.trimEnd().split('\n')) await parseAnswer(`${line}\n`);
  });

  it('ends when its reader has gone, also while nothing changes', async () => {
    await fleet.profiles(['coder']);
    const { code, stdout, stderr } = await runBeforeHead(['gateway', 'status', 'coder', '--watch'], {
      home: fleet.home.path,
      scandir: fleet.tree.scandir,
    });
    assert.match(stdout, /^\S+Z {2}coder +missing\n$/);
    assert.deepEqual([code, stderr], [4, '']);
  });

  it('draws on a terminal until q, and leaves what it saw last', async () => {
    await fleet.profiles(['coder']);
    const env = { HERMES_HOME: fleet.home.path, S6_PROFILE_GATEWAY_SCANDIR: fleet.tree.scandir };
    for (const keys of ['q', '\x03']) {
      const { code, screen } = await runOnTerminal(['gateway', 'status', 'coder', '--watch'], {
        env,
        question: 'q quits',
        keys,
      });
      assert.equal(code, 4);
      const [, drawn = '', left = ''] =
        // eslint-disable-next-line no-control-regex
        /^\x1b\[\?1049h([^]*)\x1b\[\?1049l([^]*)$/.exec(screen) ?? [];
      assert.match(drawn, /coder/);
      assert.match(left, /coder.*missing/);
    }
  });
});
