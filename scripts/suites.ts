import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mocha, readableCheckout, type Failed, type Report } from './mocha-run.ts';

/** How one mocha suite is run. */
interface Suite {
  readonly name: string;
  /** Files that run at the same time. */
  readonly jobs: number;
  /** Real processes on a loaded machine: a file that failed is run again, alone, twice at most, and named for it. */
  readonly secondTry: boolean;
  /** Global setup and teardown, once around all of its files. */
  readonly fixture?: string;
  /** Files of other suites that it runs too. */
  readonly also?: readonly string[];
}

const suites: readonly Suite[] = [
  { name: 'unit', jobs: 2, secondTry: true },
  { name: 'integration', jobs: 3, secondTry: true },
  {
    name: 'unprivileged',
    jobs: 3,
    secondTry: true,
    // Every command, and every way in which a gateway ends, are the same for everybody.
    also: ['program/answers', 'gateway-run', 'boot-supervise'].map(
      (file) => `test/integration/${file}.test.ts`,
    ),
  },
  { name: 'container', jobs: 3, secondTry: true, fixture: './test/container/fixture.ts' },
];

// More failing files than this are no accident of a loaded machine.
const accidents = 6;
const strangerUid = 54_321;

function runSuite(suite: Suite): { report: Report; secondTry: readonly Failed[] } {
  const asStranger = suite.name === 'unprivileged' && process.getuid?.() === 0;
  const uid = asStranger ? strangerUid : null;
  const checkout =
    uid === null ? { directory: process.cwd(), remove: () => undefined } : readableCheckout(uid);
  try {
    const parallel = suite.jobs > 1 ? ['--parallel', '--jobs', String(suite.jobs)] : [];
    const fixture = suite.fixture === undefined ? [] : ['--require', suite.fixture];
    const words = [...fixture, ...parallel, '--recursive', `test/${suite.name}`, ...(suite.also ?? [])];
    const first = mocha(checkout.directory, uid, words);
    const files = [...new Set(first.failed.map((test) => test.file))];
    const known = files.filter((file) => file !== null);
    if (!suite.secondTry || files.length === 0 || known.length < files.length || files.length > accidents)
      return { report: first, secondTry: [] };
    let again = mocha(checkout.directory, uid, [...fixture, ...known]);
    if (again.failed.length > 0) again = mocha(checkout.directory, uid, [...fixture, ...known]);
    const elsewhere = ({ file }: { readonly file: string }) => !known.includes(file);
    const stillFails = new Set(again.failed.map((test) => test.title));
    return {
      report: {
        passed: [...first.passed.filter(elsewhere), ...again.passed],
        failed: again.failed,
        skipped: first.skipped + again.skipped,
      },
      secondTry: first.failed.filter((test) => !stillFails.has(test.title)),
    };
  } finally {
    checkout.remove();
  }
}

/** Why the suite cannot run on this machine; null when it can. In CI everything must run. */
function obstacle(suite: Suite): string | null {
  if (suite.name !== 'container' || process.env.CI === 'true') return null;
  if (process.getuid?.() !== 0) return 'it starts a private container engine, which needs root';
  const missing = ['dockerd', 'runc'].filter((name) => !onPath(name));
  return missing.length === 0 ? null : `${missing.join(' and ')} not found: apt-get install docker.io runc`;
}

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((directory) => existsSync(join(directory, name)));
}

/** The files that took longest, so that it shows where the time went. */
function slowest({ passed }: Report): string {
  const files = new Map<string, number>();
  for (const { file, duration = 0 } of passed) files.set(file, (files.get(file) ?? 0) + duration);
  const sorted = [...files].sort(([, a], [, b]) => b - a).slice(0, 4);
  return sorted.map(([file, ms]) => `${basename(file, '.test.ts')} ${(ms / 1000).toFixed(1)} s`).join(', ');
}

function section(heading: string, tests: readonly Failed[]): void {
  if (tests.length === 0) return;
  console.log(`\n== ${heading}`);
  for (const { title, file, text } of tests)
    console.log(`- ${title}${file === null ? '' : ` (${file})`}\n${text.replaceAll(/^/gm, '    ')}`);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `no such suite: ${unknown.join(', ')} (there are ${suites.map(({ name }) => name).join(', ')})`,
  );
  process.exit(2);
}
const failed: Failed[] = [];
const second: Failed[] = [];
let passed = 0;
let skipped = 0;
for (const suite of suites) {
  if (asked.length > 0 ? !asked.includes(suite.name) : !existsSync(`test/${suite.name}`)) continue;
  const reason = obstacle(suite);
  if (reason !== null) {
    console.log(`${suite.name}: not run: ${reason}`);
    continue;
  }
  const start = performance.now();
  const ran = runSuite(suite);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${suite.name}: ${ran.report.passed.length} passed, ${ran.report.failed.length} failed (${seconds} s)`,
  );
  console.log(`  slowest: ${slowest(ran.report)}`);
  passed += ran.report.passed.length;
  skipped += ran.report.skipped;
  failed.push(...ran.report.failed);
  second.push(...ran.secondTry);
}
section('failed at first, and passed when their file was run again', second);
section('what failed', failed);
console.log(`\n${passed} passed, ${failed.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
