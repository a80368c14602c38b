import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../test/helpers/until.ts';
import { alternate } from './measure.ts';
import { plus, type Row, wall, wallRow } from './row.ts';
import { bareNode, makeWorld } from './world.ts';

const eachMs = 1.5;

/** `gateway status --all` over slots that are down, under a real s6-svscan, loggers included. */
export async function statusAll(runs: number, sizes = [1, 10, 100, 1_000]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const world = makeWorld();
    // The root home is a profile too.
    const names = Array.from({ length: size - 1 }, (_, index) => `p${String(index).padStart(4, '0')}`);
    try {
      world.paper(names, 'stopped');
      world.run('boot reconcile');
      await world.scan();
      await until(() => supervised(world.scandir) === size, `${size} slots are supervised`, 120_000);
      const { bare, ours } = alternate(
        { bare: bareNode, ours: world.hermes('gateway status --all', { exit: 3 }) },
        runs,
      );
      const goal = plus(size * eachMs, `${eachMs} ms a slot over "gateway status"`);
      rows.push(
        wallRow(
          {
            bench: 'status-all',
            what: `status --all, ${size} slot${size === 1 ? '' : 's'}`,
            against: 'bare Node',
            goal: { ...goal, isMet: (ms) => ms <= startMs(rows, wall(ours)) + size * eachMs },
          },
          ours,
          bare,
        ),
      );
    } finally {
      await world.end();
    }
  }
  return rows;
}

/** The command's own start: with one slot. */
function startMs([one]: readonly Row[], firstMs: number): number {
  return one?.median ?? firstMs;
}

function supervised(scandir: string): number {
  return readdirSync(scandir).filter((entry) => {
    if (!entry.startsWith('gateway-')) return false;
    const files = readdirSync(join(scandir, entry, 'supervise'));
    return files.includes('status');
  }).length;
}
