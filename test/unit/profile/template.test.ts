import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import type { RootHome } from '../../../src/lib/profile/home.ts';
import { parseProfileName } from '../../../src/lib/profile/name.ts';
import { isSecretName } from '../../../src/lib/profile/secret.ts';
import { templateFrom } from '../../../src/lib/profile/template.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';

describe('what a clone begins with', () => {
  let home: TempHome;
  beforeEach(() => {
    home = tempHome({ 'profiles/coder/SOUL.md': 'I am careful.\n' });
  });
  afterEach(() => home.remove());
  const template = () => templateFrom(home.path as RootHome, parseProfileName('coder'));

  it('is the configuration with another port and empty secrets, without the comments that may hold some', async () => {
    home.write({
      'profiles/coder/config.yaml': `# mine

# bot_token: s3cret
model: large # was s3cret
telegram: { bot_token: s3cret, chat: 7 }
# s3cret too
providers:
  - name: one
    apiKey: s3cret
    password:
gateway:
  port: 8650
  notify: true # yes
# the end s3cret
`,
    });
    const { config, leftOut } = await template();
    assert.equal(
      config(8700),
      `model: large
telegram: { bot_token: null, chat: 7 }
providers:
  - name: one
    apiKey: null
    password:
gateway:
  port: 8700
  notify: true
`,
    );
    assert.deepEqual(leftOut.config, ['telegram.bot_token', 'providers.apiKey']);
  });

  it('is its variables without those that are its own', async () => {
    home.write({
      'profiles/coder/.env': '# OLD_TOKEN=s3cret\nCHAT_TOKEN=s3cret\nMODEL=large\nKEYBOARD=qwerty\n',
    });
    const { env, leftOut } = await template();
    assert.deepEqual(
      [...env],
      [
        ['MODEL', 'large'],
        ['KEYBOARD', 'qwerty'],
      ],
    );
    assert.deepEqual(leftOut.env, ['CHAT_TOKEN']);
  });

  it('is its Markdown files, and nothing of its running', async () => {
    home.write({
      'profiles/coder/AGENTS.md': 'rules\n',
      'profiles/coder/.hidden.md': 'x',
      'profiles/coder/auth.json': '{}',
      'profiles/coder/gateway_state.json': '{}',
      'profiles/coder/gateway.lock': '',
      'profiles/coder/notes.md/file': '',
    });
    symlinkSync('/etc/passwd', home.file('profiles/coder/LINK.md'));
    assert.deepEqual([...(await template()).texts.keys()].sort(), ['AGENTS.md', 'SOUL.md']);
  });

  it('goes without a port where a hosted program has none, and tells of one in its words', async () => {
    home.write({ 'profiles/coder/config.yaml': 'gateway:\n  command: [agent]\n' });
    assert.equal((await template()).portless, true);
    home.write({
      'profiles/coder/config.yaml': 'gateway:\n  port: 8650\n  command: [agent, --listen=:8650]\n',
    });
    const { portless, fixedPort } = await template();
    assert.deepEqual([portless, fixedPort], [false, 8650]);
  });

  it('takes words that end like a secret for one', () => {
    for (const name of ['CHAT_TOKEN', 'api_key', 'API-KEY', 'botToken', 'SECRET', 'db_Password'])
      assert.ok(isSecretName(name), name);
    for (const name of ['MONKEY', 'KEYBOARD', 'TOKENS', 'TOKEN_FILE', 'hotkey'])
      assert.ok(!isSecretName(name), name);
  });
});
