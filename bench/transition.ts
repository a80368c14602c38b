import { binDir } from '../test/helpers/tree.ts';
import { alternate, type Candidate } from './measure.ts';
import { plus, type Row, wall, wallRow } from './row.ts';
import { bareNode, makeWorld, type World } from './world.ts';

const beyondMs = 40;
const limitMs = '60000';
const s6 = 's6-svc alone';

type Verb = 'start' | 'stop' | 'restart';

const flags: Readonly<Record<Verb, readonly string[]>> = {
  start: ['-wU', '-T', limitMs, '-U'],
  stop: ['-wD', '-T', limitMs, '-D'],
  restart: ['-wR', '-T', limitMs, '-ru'],
};

/** The state that a verb begins in, and the one that `hermes` leaves behind it, are the same for both. */
const before: Readonly<Record<Verb, string>> = { start: 'stop', stop: 'start', restart: 'start' };

/** Start, stop and restart of the echo gateway beside s6-svc doing the same, one and twenty of them. */
export async function transition(runs: number, many = 20): Promise<Row[]> {
  const world = makeWorld();
  const names = Array.from({ length: many }, (_, index) => `g${String(index).padStart(2, '0')}`);
  try {
    await world.profiles(names, 'stopped');
    world.run('boot reconcile');
    await world.scan();
    const rows = (['start', 'stop', 'restart'] as const).map((verb) => {
      const settle = settled(world, verb, ['g00']);
      const raw: Candidate = {
        argv: [`${binDir}/s6-svc`, ...flags[verb], `${world.scandir}/gateway-g00`],
        env: world.env,
        before: settle,
      };
      return compare(`gateway ${verb}`, world.hermes(`gateway ${verb} g00`, { before: settle }), raw, runs);
    });
    const list = names.join(' ');
    for (const verb of ['start', 'stop'] as const) {
      const settle = settled(world, verb, names);
      const ours = world.hermes(`gateway ${verb} ${verb === 'stop' ? '--all' : list}`, { before: settle });
      rows.push(
        compare(
          `${verb} of ${many}`,
          ours,
          { ...together(world, verb, names), before: settle },
          Math.ceil(runs / 2),
        ),
      );
    }
    return rows;
  } finally {
    await world.end();
  }
}

/** Neither the crash guard's pause nor s6's own, for a service younger than a second, is in what is measured. */
function settled(world: World, verb: Verb, names: readonly string[]): string[][] {
  return [
    world.words(`gateway ${before[verb]} ${names.join(' ')}`),
    ...names.map((name) => [`${binDir}/s6-svdt-clear`, `${world.scandir}/gateway-${name}`]),
    ...(before[verb] === 'start' ? [['/bin/sleep', '1.2']] : []),
  ];
}

function compare(what: string, ours: Candidate, raw: Candidate, runs: number): Row {
  const samples = alternate({ bare: bareNode, raw, ours }, runs);
  const goal = plus(wall(samples.bare) + beyondMs, `bare Node + ${beyondMs} ms`);
  return wallRow({ bench: 'transition', what, against: s6, goal }, samples.ours, samples.raw);
}

/** One s6-svc for each of many slots, side by side. */
function together({ scandir, env }: World, verb: Verb, names: readonly string[]): Candidate {
  const each = `for name do ${binDir}/s6-svc ${flags[verb].join(' ')} ${scandir}/gateway-$name & done; wait`;
  return { argv: ['/bin/sh', '-c', each, 'together', ...names], env };
}
