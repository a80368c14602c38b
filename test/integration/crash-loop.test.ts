import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { runJson, type CliOptions } from '../helpers/cli.ts';
import { tempHome, type TempHome } from '../helpers/home.ts';
import { processesOf } from '../helpers/leftovers.ts';
import { supervisorsOf } from '../helpers/supervisors.ts';
import { startTree, type SupervisionTree } from '../helpers/tree.ts';
import { until } from '../helpers/until.ts';

interface Status {
  readonly state: string;
  readonly wanted: string;
  readonly deaths: number;
  readonly next_try: string | null;
  readonly last_exit: { readonly code: number | null } | null;
}

for (const mode of ['host', 'exec']) {
  describe(`a gateway that always dies (mode ${mode})`, function () {
    this.timeout(120_000);
    let home: TempHome;
    let tree: SupervisionTree;
    let at: CliOptions;

    /** When it was tried, in milliseconds, oldest first. */
    const tries = (): number[] =>
      existsSync(home.file('tries'))
        ? readFileSync(home.file('tries'), 'utf8')
            .trim()
            .split('\n')
            .map((ns) => Number(ns) / 1e6)
        : [];
    const status = async (): Promise<Status> => {
      const { json } = await runJson(['gateway', 'status', 'looper'], at);
      return (json as { gateways: readonly [Status] }).gateways[0];
    };
    const say = (verb: string) => runJson(['gateway', verb, 'looper'], at);

    before(async () => {
      home = tempHome();
      home.write({
        looper: '#!/bin/sh\ndate +%s%N >>"${0%/*}/tries"; exit 7\n',
        'profiles/looper/SOUL.md': '# looper\n',
        'profiles/looper/config.yaml': `gateway:\n  command: [${home.file('looper')}]\n  notify: true\n  mode: ${mode}\n`,
      });
      chmodSync(home.file('looper'), 0o755);
      tree = await startTree({ env: { HERMES_HOME: home.path } });
      at = { home: home.path, scandir: tree.scandir };
    });
    after(async () => {
      await tree.stop();
      await home.remove();
    });

    it('is reported by start with its exit code, waits longer each time, and status says so', async () => {
      const started = await say('start');
      assert.equal(started.code, 1, started.stdout);
      assert.match(started.stdout, /\b7\b/, 'its exit code');
      const seen = new Set<string>();
      await until(async () => {
        const count = tries().length;
        const now = await status();
        seen.add(now.state);
        assert.ok(
          ['starting', 'up', 'backoff', 'down'].includes(now.state),
          `never ${now.state}: it does not serve`,
        );
        if (now.state === 'backoff') {
          assert.equal(now.wanted, 'up');
          assert.deepEqual(now.last_exit?.code, 7);
          assert.ok(now.deaths >= count - 1 && now.next_try !== null, JSON.stringify(now));
        }
        return tries().length >= 4;
      }, 'four tries');
      assert.ok(seen.has('backoff'));
      const gaps = tries()
        .slice(0, 4)
        .map((time, i, all) => time - (all[i - 1] ?? time))
        .slice(1);
      [1_000, 2_000, 4_000].forEach((pauseMs, i) =>
        assert.ok((gaps[i] ?? 0) >= pauseMs, `pause ${i + 1}: ${gaps.join(', ')} ms`),
      );
    });

    it('is tried at once by start', async () => {
      const waiting = await until(async () => {
        const now = await status();
        // Enough of it is left for a command on a loaded machine.
        const leftMs = Date.parse(now.next_try ?? '') - Date.now();
        return now.state === 'backoff' && leftMs > 5_000 ? now : null;
      }, 'a long pause');
      const count = tries().length;
      await say('start');
      await until(() => tries().length > count, 'a try');
      assert.ok(
        (tries()[count] ?? Infinity) < Date.parse(waiting.next_try ?? ''),
        'it did not wait for its turn',
      );
    });

    it('ends its waiting at once with stop, and leaves no process', async () => {
      await until(async () => (await status()).state === 'backoff', 'backoff');
      const stopped = await say('stop');
      assert.equal(stopped.code, 0, stopped.stdout);
      const ours = new Set([process.pid, tree.pid, ...supervisorsOf(tree.scandir, 'gateway-looper')]);
      // In exec mode the short "hermes gateway command" of a run script that was just ended may still be on its way out.
      await until(
        () => !processesOf(home.path).some((pid) => !ours.has(pid) && isGateway(pid)),
        'no process of the gateway is left',
      );
      // s6 2.11 never calls it "ready to be started" again when the stop came within its own second of waiting.
      assert.equal((await status()).state, 'down');
    });
  });
}

/** Everything of a gateway but its supervision: the runner, the shell that waits and its sleep. */
function isGateway(pid: number): boolean {
  try {
    return !/^s6-/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'));
  } catch {
    return false;
  }
}
