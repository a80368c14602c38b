import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { ConfigError, defaultConfig, newConfig, readConfig } from '../../../src/lib/profile/config.ts';
import { tempHome } from '../../helpers/home.ts';

/** Nine lists of nine times the list before. */
const aliasBomb = Array.from(
  { length: 9 },
  (_, i) =>
    `k${i}: &a${i} [${Array(9)
      .fill(i === 0 ? 'x' : `*a${i - 1}`)
      .join(', ')}]\n`,
).join('');

describe('config.yaml', () => {
  const home = tempHome();
  after(() => home.remove());
  let count = 0;
  const write = (text: string) => {
    const directory = home.file(String(++count));
    home.write({ [`${count}/config.yaml`]: text });
    return directory;
  };

  it('is all defaults when it is missing, empty, or has no gateway section', async () => {
    assert.deepEqual(await readConfig(home.file('none')), defaultConfig);
    for (const text of ['', '# only a comment\n', 'model: x\n', 'gateway:\n', 'gateway: {}\n'])
      assert.deepEqual(await readConfig(write(text)), defaultConfig);
  });

  it('gives every key of its gateway section and leaves other sections alone', async () => {
    const text = `
model: {name: x, unknown: [1]}
gateway:
  port: 9000
  command: [python3, -m, agent]
  notify: true
  mode: exec
  stop_timeout: 2.5
`;
    assert.deepEqual(await readConfig(write(text)), {
      port: 9000,
      command: ['python3', '-m', 'agent'],
      notify: true,
      mode: 'exec',
      stopTimeoutS: 2.5,
    });
  });

  it('as profile create writes it reads the same with and without YAML', async () => {
    const created = await readConfig(write(newConfig(8643)));
    assert.deepEqual(created, await readConfig(write(`# a comment\n${newConfig(8643)}`)));
    assert.equal(created.port, 8643);
  });

  const broken: readonly [string, string, RegExp][] = [
    ['two documents', 'gateway:\n  port: 1\n---\nx: 1\n', /config\.yaml, line 3: a second document begins/],
    ['no YAML', 'gateway:\n  port: [1\n', /config\.yaml, line \d: this is no YAML/],
    ['a list', '- a\n', /line 1: must be sections/],
    ['a section that is a text', 'gateway: x\n', /line 1: gateway must be a section/],
    [
      'a port that is a text',
      'a: 1\ngateway:\n  port: "80"\n',
      /line 3: gateway\.port must be a whole number/,
    ],
    ['a port of 0', 'gateway:\n  port: 0\n', /gateway\.port must be a whole number from 1 to 65535/],
    ['a port too high', 'gateway:\n  port: 65536\n', /line 2: gateway\.port must/],
    ['a port as created, too high', 'gateway:\n  port: 99999\n', /line 2: gateway\.port must/],
    ['a broken port', 'gateway:\n  port: 1.5\n', /gateway\.port must be a whole number/],
    ['an unknown key', 'gateway:\n  notify: true\n  prot: 1\n', /line 3: gateway\.prot is an unknown key/],
    ['a command line', 'gateway:\n  command: python3 -m x\n', /gateway\.command must be a list/],
    ['no command', 'gateway:\n  command: []\n', /gateway\.command must be a list/],
    ['an empty program', 'gateway:\n  command: [""]\n', /gateway\.command must be a list/],
    [
      'a number in a command',
      'gateway:\n  command:\n    - a\n    - 1\n',
      /line 4: gateway\.command\.1 must be a text/,
    ],
    ['a NUL in a command', 'gateway:\n  command: ["a\\0"]\n', /NUL/],
    ['a mode', 'gateway:\n  mode: fork\n', /gateway\.mode must be "host" or "exec"/],
    [
      'exec without a command',
      'gateway:\n  mode: exec\n',
      /line 2: gateway\.mode "exec" needs gateway\.command/,
    ],
    ['a negative stop_timeout', 'gateway:\n  stop_timeout: -1\n', /stop_timeout must be a number of seconds/],
    [
      'an endless stop_timeout',
      'gateway:\n  stop_timeout: .inf\n',
      /stop_timeout must be a number of seconds/,
    ],
    ['notify as a word', 'gateway:\n  notify: maybe\n', /gateway\.notify must be true or false/],
    ['an alias of nothing', 'gateway: {port: *nope}\n', /YAML/],
    ['an alias bomb', aliasBomb, /YAML/],
    ['a file of 200 KB', `# ${'x'.repeat(200_000)}\n`, /is larger than 131072 bytes/],
    ['a deep nest', `${'['.repeat(2_000)}\n`, /YAML/],
  ];
  for (const [what, text, words] of broken)
    it(`is refused for ${what}, with 78, file, line and key`, async () => {
      const directory = write(text);
      await assert.rejects(readConfig(directory), (error) => {
        assert.ok(error instanceof ConfigError, String(error));
        assert.equal(error.exit, 78);
        assert.match(error.message, words);
        assert.ok(error.message.startsWith(`${directory}/config.yaml`));
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });

  it('that is a link, a directory or binary is refused with 78', async () => {
    for (const name of ['link', 'directory', 'binary']) mkdirSync(home.file(name));
    symlinkSync('/etc/passwd', home.file('link/config.yaml'));
    mkdirSync(home.file('directory/config.yaml'));
    writeFileSync(home.file('binary/config.yaml'), Buffer.from([0xff, 0x00]));
    for (const name of ['link', 'directory', 'binary'])
      await assert.rejects(readConfig(home.file(name)), (error) => error instanceof ConfigError);
  });
});
