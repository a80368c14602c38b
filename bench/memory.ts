import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { alternate } from './measure.ts';
import { type Goal, plus, row, type Row, times } from './row.ts';
import { bareNode, makeWorld } from './world.ts';

const beyondMb = 12;

/** Peak of one `status`, and what stays in memory beside a hosted program. */
export async function memory(runs: number): Promise<Row[]> {
  const world = makeWorld();
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore', env: {} });
  try {
    const hosts = ['h0', 'h1', 'h2', 'h3', 'h4'];
    await world.profiles(hosts, 'running', '  command: [sleep, infinity]\n');
    await world.profiles(['itself'], 'running', '  command: [sleep, infinity]\n  mode: exec\n');
    world.run('boot reconcile');
    await world.scan();
    world.run(`gateway start ${hosts.join(' ')} itself`);
    const { bare, ours } = alternate({ bare: bareNode, ours: world.hermes('gateway status -p h0') }, runs);
    const bareMb = residentMb(idle.pid ?? 0);
    const resident = (name: string) => residentMb(pidOf(world.run(`gateway status ${name} --json`)));
    const none: Goal = { words: 'none of ours', isMet: (mb) => mb < bareMb / 4 };
    const bench = 'memory';
    return [
      row(
        { bench, what: 'gateway status, peak', against: 'bare Node', goal: times(1.35) },
        'MB',
        ours.map(({ peakMb }) => peakMb),
        bare.map(({ peakMb }) => peakMb).sort((a, b) => a - b)[bare.length >> 1] ?? NaN,
      ),
      row(
        {
          bench,
          what: 'runner of a hosted program',
          against: 'bare Node, idle',
          goal: plus(beyondMb, `${beyondMb} MB`),
        },
        'MB',
        hosts.map(resident),
        bareMb,
      ),
      row(
        { bench, what: 'a program in mode: exec', against: 'bare Node, idle', goal: none },
        'MB',
        [resident('itself')],
        bareMb,
      ),
    ];
  } finally {
    idle.kill();
    await world.end();
  }
}

function pidOf(status: string): number {
  const { gateways } = JSON.parse(status) as { gateways: { pid: number }[] };
  return gateways[0]?.pid ?? 0;
}

function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}
