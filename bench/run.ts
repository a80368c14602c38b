import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { python } from './measure.ts';
import { memory } from './memory.ts';
import { peers } from './peers.ts';
import { reconcile } from './reconcile.ts';
import type { Row } from './row.ts';
import { startup } from './startup.ts';
import { statusAll } from './status-all.ts';
import { plainTable, type Results } from './table.ts';
import { transition } from './transition.ts';

const runs = 20;

const benches: Readonly<Record<string, (runs: number) => Promise<Row[]>>> = {
  startup,
  memory,
  transition,
  'status-all': statusAll,
  peers,
  reconcile,
};

function versions(): Record<string, string> {
  const said = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' }).trim();
  const debian = (name: string) => said('/usr/bin/dpkg-query', '-W', '-f', '${Version}', name).split('-')[0];
  const pm2 = join(import.meta.dirname, 'node_modules/pm2/package.json');
  return {
    Node: process.versions.node,
    s6: debian('s6') ?? '',
    Python: said(python, '--version').replace('Python ', ''),
    supervisor: debian('supervisor') ?? '',
    pm2: (JSON.parse(readFileSync(pm2, 'utf8')) as { version: string }).version,
  };
}

const file = join(import.meta.dirname, 'results.json');

/** Rows of the benchmarks that were not asked for stay as they were. */
function record(measured: readonly Row[]): void {
  const [cpu] = cpus();
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results).rows : [];
  const rows = Object.keys(benches).flatMap((name) =>
    (chosen.some(([one]) => one === name) ? measured : known).filter(({ bench }) => bench === name),
  );
  const results: Results = {
    at: new Date().toISOString(),
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    versions: versions(),
    rows,
  };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

const asked = process.argv.slice(2);
const chosen = Object.entries(benches).filter(([name]) => asked.length === 0 || asked.includes(name));
if (chosen.length < Math.max(1, asked.length))
  throw new Error(`there are these: ${Object.keys(benches).join(', ')}`);
const rows: Row[] = [];
for (const [name, bench] of chosen) {
  process.stderr.write(`bench: ${name}\n`);
  rows.push(...(await bench(runs)));
}
console.log(plainTable(rows));
record(rows);
