import assert from 'node:assert/strict';
import { behindTheCommand } from '../../../src/profile-flag.ts';

const cases: readonly [typed: string, parsed: string][] = [
  ['-p coder gateway start', 'gateway start -p coder'],
  ['--profile coder gateway start', 'gateway start --profile coder'],
  ['--profile=coder gateway start --json', 'gateway start --profile=coder --json'],
  ['-pcoder gateway start', 'gateway start -pcoder'],
  ['gateway -p coder start', 'gateway start -p coder'],
  ['gateway start -p coder', 'gateway start -p coder'],
  ['-p coder gateway start --no-wait other', 'gateway start -p coder --no-wait other'],
  ['gateway run -- -p coder', 'gateway run -- -p coder'],
  ['gateway start --reason -p', 'gateway start --reason -p'],
  ['-p coder --version', '--version'],
  ['-p coder', ''],
  ['-p', '-p'],
  ['', ''],
];

describe('-p before or between the words of a command', () => {
  for (const [typed, parsed] of cases)
    it(`${JSON.stringify(typed)} is read as ${JSON.stringify(parsed)}`, () => {
      assert.equal(behindTheCommand(typed.split(' ').filter(Boolean)).join(' '), parsed);
    });
});
