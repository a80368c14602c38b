import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { parseAnswer } from '../helpers/answer.ts';
import { type Fleet, startFleet } from '../helpers/fleet.ts';
import { until } from '../helpers/until.ts';

const witness =
  '  notify: true\n  command: [sh, -c, "for s in HUP QUIT USR1 USR2 WINCH; do trap \\": >got.$s\\" $s; done; echo >&3; while :; do sleep 0.05; done"]\n';

describe('gateway signal', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet();
  });
  afterEach(() => fleet.stop());

  it('brings every signal that it takes to the program that the gateway hosts', async () => {
    await fleet.profiles(['coder'], witness);
    const { pid } = await fleet.one('gateway start coder');
    for (const spelling of ['HUP', 'sigquit', 'USR1', 'SIGUSR2', 'winch']) {
      const name = spelling.toUpperCase().replace('SIG', '');
      const { code, stdout } = await fleet.run(`gateway signal coder ${spelling}`);
      assert.deepEqual([code, stdout], [0, `s6 sends SIG${name} to coder (pid ${String(pid)}).\n`]);
      await until(() => existsSync(fleet.file('coder', `got.${name}`)), `${name} arrived`);
    }
    assert.equal((await fleet.one('gateway status coder'))['pid'], pid);
    await fleet.run('gateway signal coder USR1 --reason rotation');
    const { stdout } = await fleet.run('gateway history');
    assert.match(stdout, /signal SIGHUP coder: sent/);
    assert.match(stdout, /signal SIGUSR1 coder: sent .*, because "rotation"\n$/);
  });

  it('refuses what would end a gateway that is wanted up, and says what to type', async () => {
    await fleet.profiles(['coder']);
    const { pid } = await fleet.one('gateway start coder');
    for (const name of ['TERM', 'INT', 'SIGKILL']) {
      const { code, stderr } = await fleet.run(`gateway signal coder ${name}`);
      assert.equal(code, 2, name);
      assert.match(
        stderr,
        /would end coder behind the back.*\n"hermes gateway stop coder".*gateway restart coder/,
      );
    }
    assert.equal((await fleet.one('gateway status coder'))['pid'], pid);
  });

  it('refuses what is no signal, or none that gateways take', async () => {
    await fleet.profiles(['coder']);
    for (const name of ['FOO', '9', 'STOP', 'constructor']) {
      const { code, stderr } = await fleet.run(`gateway signal coder ${name}`);
      assert.equal(code, 2, name);
      assert.match(stderr, /no signal that gateways take\nThey take HUP, QUIT, USR1, USR2, WINCH\./);
    }
    assert.equal((await fleet.run('gateway signal coder')).code, 2);
  });

  it('sends nothing to a gateway that is down, and knows the names', async () => {
    await fleet.profiles(['coder']);
    await fleet.run('gateway start coder');
    await fleet.run('gateway stop coder');
    const down = await fleet.run('gateway signal coder HUP');
    assert.equal(down.code, 1);
    assert.match(down.stderr, /coder is down: it takes no signal\n"hermes gateway start coder"/);
    const typo = await fleet.run('gateway signal codr HUP --json');
    assert.equal(typo.code, 4);
    const { results } = await parseAnswer(typo.stdout);
    const [{ outcome, error } = {}] = results as Record<string, unknown>[];
    assert.deepEqual([outcome, (error as { code: string }).code], ['failed', 'GATEWAY_NOT_REGISTERED']);
  });
});
