import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Interfaces } from '@oclif/core';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const page = `${checkout}/man/hermes.1`;

function run(program: string, args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', MANWIDTH: '100', MAN_KEEP_FORMATTING: '' };
  const { stdout, stderr, error, status } = spawnSync(program, args, { encoding: 'utf8', env });
  assert.equal(error, undefined);
  return `${stdout}${stderr}${status === 0 ? '' : `exit ${status ?? 'by a signal'}`}`;
}

describe('the man page', () => {
  it('is in the package', () => {
    const { man, files } = JSON.parse(readFileSync(`${checkout}/package.json`, 'utf8')) as Record<
      string,
      unknown
    >;
    assert.equal(man, 'man/hermes.1');
    assert.ok((files as string[]).includes('man'));
  });

  it('has every command and flag that is shown', () => {
    const text = readFileSync(page, 'utf8').replaceAll('\\-', '-');
    const manifest = JSON.parse(
      readFileSync(`${checkout}/oclif.manifest.json`, 'utf8'),
    ) as Interfaces.Manifest;
    for (const { id, hidden, flags } of Object.values(manifest.commands)) {
      const heading = new RegExp(`^\\.SS hermes ${id.replaceAll(':', ' ')}\\b`, 'm');
      assert.equal(heading.test(text), !hidden, id);
      if (!hidden)
        for (const name of Object.keys(flags)) assert.match(text, new RegExp(`--(\\[no-\\])?${name}\\b`));
    }
    assert.match(text, /^\.B 130\n/m);
    assert.match(text, /^\.B HERMES_HOME\n/m);
    assert.doesNotMatch(text, /<%|`/);
  });

  const checkers: readonly [program: string, args: readonly string[]][] = [
    ['groff', ['-man', '-ww', '-z', '-Kutf8', page]],
    ['mandoc', ['-T', 'lint', '-W', 'warning', page]],
  ];
  for (const [program, args] of checkers)
    it(`has nothing that ${program} warns of`, function () {
      if (!existsSync(`/usr/bin/${program}`) && process.env['CI'] !== 'true') this.skip();
      const warnings = run(program, args).split('\n').filter(Boolean);
      // A date would make it another page whenever it is generated.
      assert.deepEqual(
        warnings.filter((line) => !/missing date|^exit/.test(line)),
        [],
      );
    });
});
