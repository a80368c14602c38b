import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import type doctorSchema from '../../src/schemas/doctor.ts';
import { parseAnswer } from './answer.ts';
import { runHermes, type Answer } from './cli.ts';
import { freePort } from './free-port.ts';
import { profileTree, tempHome, type TempHome, type Tree } from './home.ts';
import { binDir, startTree, type SupervisionTree } from './tree.ts';
import { until } from './until.ts';

type Report = z.infer<typeof doctorSchema>;
export type Found = Report['findings'][number];

/** A healthy home on a tree of its own, for a test to plant one trouble in. */
export interface Clinic {
  readonly home: TempHome;
  readonly tree: SupervisionTree;
  /** Ports of coder and writer. */
  readonly ports: readonly [number, number];
  /** Writes files of the home; `.env` files are 0600, as they should be. */
  write(tree: Tree): void;
  hermes(...args: string[]): Promise<Answer>;
  /** Asks the doctor, and holds its answer against the schema and the exit code. */
  doctor(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Report>;
  /** Asks the doctor and returns the one finding, which must be of this check. */
  only(check: string, env?: Readonly<Record<string, string>>): Promise<Found>;
  close(): Promise<void>;
}

/** The report that `hermes doctor --json` printed. */
export async function reportOf({ stdout, stderr, code }: Answer): Promise<Report> {
  const report = (await parseAnswer(stdout)) as Report;
  assert.equal(code, report.healthy ? 0 : 1, stderr);
  return report;
}

/** Opens a clinic: profiles default, coder and writer, each with a slot, down. */
export async function openClinic(env: Readonly<Record<string, string>> = {}): Promise<Clinic> {
  const ports = [await freePort(), await freePort()] as const;
  const home = tempHome({
    ...profileTree('default', await freePort()),
    ...profileTree('coder', ports[0]),
    ...profileTree('writer', ports[1]),
  });
  const tree = await startTree({ env: { HERMES_HOME: home.path, ...env } });
  const options = { home: home.path, scandir: tree.scandir };
  const hermes = (...args: string[]) => runHermes(args, options);
  const booted = await hermes('boot', 'reconcile');
  assert.equal(booted.code, 0, booted.stderr);
  // s6-svscan, which was told last, takes a moment; one that a test bars from its scandir meanwhile comes back late.
  const slots = ['default', 'coder', 'writer'].map((name) => join(tree.scandir, `gateway-${name}`));
  const isSupervised = (slot: string) => spawnSync(join(binDir, 's6-svstat'), [slot]).status === 0;
  await until(() => slots.every(isSupervised), 'all slots are supervised');
  const doctor = async (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
    reportOf(await runHermes(['doctor', '--json', ...args], { ...options, env: more }));
  return {
    home,
    tree,
    ports,
    write(files) {
      home.write(files);
      for (const name of Object.keys(files)) if (name.endsWith('.env')) chmodSync(home.file(name), 0o600);
    },
    hermes,
    doctor,
    async only(check, more) {
      const { findings } = await doctor([], more);
      const [found, ...others] = findings;
      assert.deepEqual(others, []);
      assert.equal(found?.check, check);
      assert.ok(!found.fixed);
      return found;
    },
    async close() {
      await tree.stop();
      await home.remove();
    },
  };
}
