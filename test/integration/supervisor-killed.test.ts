import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { runHermes, runJson, type CliOptions } from '../helpers/cli.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';
import { kill, processesOf } from '../helpers/leftovers.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

// It leaves its PID, is ready when the gate is there, and lets TERM pass unheard.
const program = `#!/bin/sh
trap '' TERM
echo "$$" >"$0.pid"
while [ ! -e "$0.gate" ]; do sleep 0.05; done
echo >&3
while :; do sleep 0.2; done
`;

describe('a gateway whose s6-supervise was killed', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  let at: CliOptions;
  const state = (): Record<string, unknown> =>
    JSON.parse(readFileSync(home.file('profiles/coder/gateway_state.json'), 'utf8')) as Record<
      string,
      unknown
    >;
  const programPid = () => Number(readFileSync(home.file('program.pid'), 'utf8'));
  const supervisors = () => supervisorsOf(tree.scandir, 'gateway-coder');

  beforeEach(async () => {
    home = tempHome({
      program,
      'profiles/coder/SOUL.md': '# coder\n',
    });
    const gateway = `gateway:\n  command: [${home.file('program')}]\n  notify: true\n  stop_timeout: 3\n`;
    home.write({ 'profiles/coder/config.yaml': gateway });
    chmodSync(home.file('program'), 0o755);
    tree = await startTree({ env: { HERMES_HOME: home.path } });
    at = { home: home.path, scandir: tree.scandir };
  });
  afterEach(async () => {
    await tree.stop();
    await home.remove();
  });

  it('serves on, even when it had not yet said that it is ready', async () => {
    assert.equal((await runHermes(['gateway', 'start', 'coder', '--no-wait'], at)).code, 0);
    await until(() => existsSync(home.file('program.pid')), 'the program runs');
    kill(tree.pid);
    supervisors().forEach(kill);
    await until(() => supervisors().length === 0, 'no supervisor');
    writeFileSync(home.file('program.gate'), '');
    await until(() => state()['gateway_state'] === 'running', 'it says that it runs');
    process.kill(Number(state()['pid']), 'SIGTERM');
    await until(() => state()['pid'] === null, 'it has ended');
    assert.equal(state()['exit_reason'], 'sigterm');
  });

  it('is replaced by start at once, however long its end takes', async () => {
    writeFileSync(home.file('program.gate'), '');
    assert.equal((await runHermes(['gateway', 'start', 'coder'], at)).code, 0);
    const orphan = programPid();
    const [supervisor] = supervisors();
    kill(supervisor ?? 0);
    await until(() => supervisors().some((pid) => pid !== supervisor), 'a new supervisor');
    const started = await runJson(['gateway', 'start', 'coder'], at);
    assert.equal(started.code, 0, started.stdout);
    assert.ok(!existsSync(`/proc/${orphan}`), 'the orphan has ended');
    const { json } = await runJson(['gateway', 'status', 'coder'], at);
    const [now] = (json as { gateways: readonly [{ state: string; deaths: number }] }).gateways;
    assert.deepEqual([now.state, now.deaths], ['ready', 0]);
  });

  it('is not said to be down when the order died with its supervisor', async () => {
    writeFileSync(home.file('program.gate'), '');
    assert.equal((await runHermes(['gateway', 'start', 'coder'], at)).code, 0);
    const orphan = programPid();
    const [supervisor = 0] = supervisors();
    process.kill(supervisor, 'SIGSTOP');
    const stopping = runJson(['gateway', 'stop', 'coder'], at);
    await until(
      () => processesOf(home.path).some((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 's6-svwait\n'),
      's6 is told, and waited for',
    );
    kill(supervisor);
    const stopped = await stopping;
    assert.equal(stopped.code, 0, stopped.stdout);
    assert.ok(!existsSync(`/proc/${orphan}`), 'the orphan has ended');
    const { json } = await runJson(['gateway', 'status', 'coder'], at);
    const [now] = (json as { gateways: readonly [{ state: string; drift: string | null }] }).gateways;
    assert.deepEqual([now.state, now.drift], ['down', null]);
  });
});
