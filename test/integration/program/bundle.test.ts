import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../../src/exit-codes.ts';
import { entry } from '../../helpers/cli.ts';

const file = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const manifest = JSON.parse(readFileSync(file('oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, { hidden?: boolean }>;
};
const commands = Object.keys(manifest.commands).map((id) => id.split(':'));
const env = { PATH: process.env['PATH'], HOME: '/tmp', HERMES_HOME: '/nonexistent' };
const said = (program: string, words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
};

describe('the bundle says what the sources say', () => {
  const lines = [
    ...commands.map((words) => [...words, '--help']),
    ['profile', 'create', '--no-such-flag'],
    ['profile', 'list', 'one', '--json'],
    ['--help'],
    ['help', 'gateway'],
    ['gateway'],
    ['--version'],
    ['gateway', 'statsu'],
    ['gateway', 'statsu', '--json'],
  ];
  for (const words of lines)
    it(`hermes ${words.join(' ')}`, () => {
      const built = said(entry, words);
      const sources = said(file('bin/dev.mjs'), words);
      assert.deepEqual(built, sources);
    });
});

describe('every help', () => {
  for (const words of [[], ...commands])
    it(`of hermes ${words.join(' ')} carries the table of exit codes`, () => {
      const { status, stdout } = said(entry, [...words, '--help']);
      assert.equal(status, 0);
      for (const [code, meaning] of Object.entries(exitCodes))
        assert.match(stdout, new RegExp(`^ +${code} +${meaning.slice(0, 15)}`, 'm'));
    });
});
