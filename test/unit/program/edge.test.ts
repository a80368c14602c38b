import assert from 'node:assert/strict';
import { join } from 'node:path';
import { passwdEntry, siteFromEnvironment } from '../../../src/edge.ts';
import { Failure } from '../../../src/lib/failure.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\nhermes:x:10000:10001:,,,:/opt/data:/bin/sh\n+::::::\n';

describe('the edge', () => {
  it('finds a user by name and by UID', () => {
    const hermes = { uid: 10_000, gid: 10_001, name: 'hermes', home: '/opt/data' };
    assert.deepEqual(passwdEntry(passwd, 'hermes'), hermes);
    assert.deepEqual(passwdEntry(passwd, 10_000), hermes);
    assert.equal(passwdEntry(passwd, 'nobody'), null);
    assert.equal(passwdEntry(passwd, 12_345), null);
  });

  it('refuses a HERMES_USER that does not exist', () => {
    assert.throws(
      () => siteFromEnvironment({ HERMES_HOME: '/tmp', HERMES_USER: 'no-such-user' }),
      (error) => error instanceof Failure && error.exit === 78 && error.code === 'UNKNOWN_USER',
    );
  });

  it('takes the scandir from the flag, else from the environment, else the usual one', () => {
    const env = { HERMES_HOME: '/tmp', S6_PROFILE_GATEWAY_SCANDIR: '/run/a' };
    assert.equal(siteFromEnvironment(env, undefined, '/run/b').scandir, '/run/b');
    assert.equal(siteFromEnvironment(env).scandir, '/run/a');
    assert.equal(siteFromEnvironment(env, undefined, './b').scandir, join(process.cwd(), 'b'));
    assert.equal(siteFromEnvironment({ HERMES_HOME: '/tmp' }).scandir, '/run/service');
    assert.equal(
      siteFromEnvironment({ HERMES_HOME: '/tmp', S6_PROFILE_GATEWAY_SCANDIR: '' }).scandir,
      '/run/service',
    );
  });

  it('tells the supervised process from one that somebody typed', () => {
    const env = { HERMES_HOME: '/tmp', HERMES_S6_SUPERVISED_CHILD: '1' };
    assert.equal(siteFromEnvironment(env).actor.via, 'supervised');
  });
});
