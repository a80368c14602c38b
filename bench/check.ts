import { alternate } from './measure.ts';
import { cpu } from './row.ts';
import { bareNode, makeWorld } from './world.ts';

const limit = 2.2;
const runs = 20;

// CPU time: on a machine with other work wall time says more about that work.
const world = makeWorld();
try {
  const { bare, ...ours } = alternate(
    {
      bare: bareNode,
      '--version': world.hermes('--version'),
      'a rejected flag': world.hermes('gateway status --no-such-flag', { exit: 2 }),
    },
    runs,
  );
  for (const [what, samples] of Object.entries(ours)) {
    const ratio = cpu(samples) / cpu(bare);
    console.log(`${what}: ${ratio.toFixed(2)} x bare Node, at most ${limit}`);
    if (ratio > limit) process.exitCode = 1;
  }
} finally {
  await world.end();
}
