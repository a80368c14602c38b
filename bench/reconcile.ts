import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, python, type Sample } from './measure.ts';
import { cpu, faster, type Goal, row, type Row, wall, wallRow } from './row.ts';
import { makeWorld } from './world.ts';

const perProfileMs = 0.1;

/** Passes over homes of several sizes: cold, unchanged, and a lean Python program that makes the same files. */
export async function reconcile(runs: number, sizes = [1, 100, 1_000, 5_000]): Promise<Row[]> {
  const rows: Row[] = [];
  let start: readonly Sample[] | null = null;
  for (const size of sizes) {
    // An odd number of whole passes over thousands is enough: their spread is small beside what they take.
    const { cold, live, lean } = await passes(size, size > 1_000 ? Math.ceil(runs / 2) : runs);
    start ??= cold;
    const profiles = `${size} profile${size === 1 ? '' : 's'}`;
    rows.push(
      wallRow(
        {
          bench: 'reconcile',
          what: `cold, ${profiles}`,
          against: 'lean Python',
          ...(size === 5_000 && { goal: { words: '≤ lean Python', isMet: (a, b) => a <= b } satisfies Goal }),
        },
        cold,
        lean,
      ),
      wallRow(
        {
          bench: 'reconcile',
          what: `unchanged, ${profiles}`,
          against: 'cold',
          ...(size >= 1_000 && { goal: faster(3) }),
        },
        live,
        cold,
      ),
    );
    if (size > 1) rows.push(perProfile(`cold, each of ${size}`, size, cold, start));
  }
  return rows;
}

/** What a profile adds to the start-up, in milliseconds of wall time. */
function perProfile(what: string, size: number, many: readonly Sample[], one: readonly Sample[]): Row {
  const startMs = wall(one);
  const each = many.map(({ wallMs }) => (wallMs - startMs) / (size - 1));
  const cpuMs = (cpu(many) - cpu(one)) / (size - 1);
  const goal: Goal = { words: `≤ ${perProfileMs} ms`, isMet: (ms) => ms <= perProfileMs };
  return row(
    { bench: 'reconcile', what, against: 'CPU of each', ...(size >= 1_000 && { goal }) },
    'ms',
    each,
    cpuMs,
  );
}

async function passes(size: number, runs: number): Promise<Record<'cold' | 'live' | 'lean', Sample[]>> {
  const world = makeWorld();
  const template = join(world.home.path, 'template');
  const names = Array.from({ length: size - 1 }, (_, index) => `p${String(index).padStart(5, '0')}`);
  try {
    // Slots are rendered alike but for the name, and a name that is written nowhere else can be replaced.
    world.paper(['template'], 'stopped');
    world.run('boot reconcile');
    cpSync(join(world.scandir, 'gateway-template'), template, {
      recursive: true,
      filter: (path) => !path.includes('supervise') && !path.endsWith('event'),
    });
    execFileSync('/bin/rm', ['-rf', join(world.home.path, 'profiles'), world.scandir]);
    world.home.write({ 'profiles/': '' });
    world.paper(names.slice(0, size >> 1), 'running');
    world.paper(names.slice(size >> 1), 'stopped');
    const empty = [
      ['/bin/rm', '-rf', world.scandir],
      ['/bin/mkdir', '-p', world.scandir],
    ];
    const pass = world.hermes('boot reconcile');
    const words = [join(import.meta.dirname, 'lean-pass.py'), world.home.path, world.scandir, template];
    return alternate(
      {
        cold: { ...pass, before: empty },
        live: pass,
        lean: { argv: [python, '-I', '-S', ...words], before: empty },
      },
      runs,
    );
  } finally {
    await world.end();
  }
}
