import type { Runner, Test } from 'mocha';

/** A mocha reporter that also works in parallel runs: one JSON event a line, as each test ends. */
export default function events(runner: Runner): void {
  const write = (...event: unknown[]) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const facts = (test: Test) => ({
    fullTitle: test.fullTitle(),
    file: test.file,
    duration: test.duration,
  });
  let pending = 0;
  runner.on('pass', (test) => write('pass', facts(test)));
  runner.on('pending', () => (pending += 1));
  runner.on('fail', (test, error: Error) =>
    write('fail', { ...facts(test), err: error.message, stack: error.stack }),
  );
  runner.once('end', () => write('end', { pending }));
}
