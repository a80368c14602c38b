import { alternate } from './measure.ts';
import { times, type Row, wallRow } from './row.ts';
import { bareNode, makeWorld } from './world.ts';

const against = 'bare Node';

/** What starting the program costs, beside the same Node with nothing to do. */
export async function startup(runs: number): Promise<Row[]> {
  const world = makeWorld();
  const empty = makeWorld();
  try {
    await world.profiles(['coder'], 'running');
    world.run('boot reconcile');
    await world.scan();
    world.run('gateway start coder');
    const { bare, ...ours } = alternate(
      {
        bare: bareNode,
        '--version': world.hermes('--version'),
        'a flag that there is not': world.hermes('gateway status --no-such-flag', { exit: 2 }),
        '--help': world.hermes('--help'),
        'gateway status -p coder': world.hermes('gateway status -p coder'),
        'gateway status -p coder --json': world.hermes('gateway status -p coder --json'),
        'boot reconcile --dry-run, empty home': empty.hermes('boot reconcile --dry-run'),
      },
      runs,
    );
    const goals: Readonly<Record<string, number>> = {
      '--version': 1.7,
      'a flag that there is not': 1.7,
      'gateway status -p coder': 1.9,
      'gateway status -p coder --json': 1.9,
    };
    return Object.entries(ours).map(([what, samples]) => {
      const limit = goals[what];
      return wallRow(
        { bench: 'startup', what, against, ...(limit !== undefined && { goal: times(limit) }) },
        samples,
        bare,
      );
    });
  } finally {
    await world.end();
    await empty.end();
  }
}
