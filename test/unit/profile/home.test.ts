import assert from 'node:assert/strict';
import { join } from 'node:path';
import { profileHome, rootHome, selectedProfile } from '../../../src/lib/profile/home.ts';
import { parseProfileName } from '../../../src/lib/profile/name.ts';
import { tempHome } from '../../helpers/home.ts';

describe('the root home', () => {
  const home = tempHome({ 'profiles/coder/': '', 'profiles/nested/profiles/': '' });
  after(() => home.remove());
  const at = (path: string) => rootHome({ HERMES_HOME: path }, 'systemd');

  it('is /opt/data under s6-svscan and ~/.hermes elsewhere, unless HERMES_HOME says otherwise', () => {
    assert.equal(rootHome({ HOME: '/home/me' }, 's6-svscan\n'), '/opt/data');
    assert.equal(rootHome({ HOME: '/home/me', HERMES_HOME: '' }, 'systemd'), '/home/me/.hermes');
    assert.equal(at(home.path), home.path);
    for (const env of [{}, { HOME: '' }, { HOME: '/' }])
      assert.throws(() => rootHome(env, 'systemd'), { code: 'NO_HOME', exit: 78 });
  });

  it('is the same from the home of a named profile', () => {
    for (const path of ['profiles/coder', 'profiles/coder/', 'profiles/../profiles/coder'])
      assert.equal(at(join(home.path, path)), home.path);
    assert.equal(at(`${home.path}/profiles/coder/`), home.path);
  });

  it('is a home below "profiles" that has profiles itself', () => {
    assert.equal(at(home.file('profiles/nested')), home.file('profiles/nested'));
  });

  it('finds the homes of its profiles', () => {
    const root = at(home.path);
    assert.equal(profileHome(root, parseProfileName('coder')), home.file('profiles/coder'));
    assert.equal(profileHome(root, parseProfileName('Default')), root);
  });
});

describe('the selected profile', () => {
  const root = rootHome({ HERMES_HOME: '/data' }, '');
  const named = { HERMES_HOME: '/data/profiles/coder' };

  it('is the flag, else HERMES_PROFILE, else whose home HERMES_HOME is, else default', () => {
    assert.equal(selectedProfile({ ...named, HERMES_PROFILE: 'writer' }, 'painter', root), 'painter');
    assert.equal(selectedProfile({ ...named, HERMES_PROFILE: 'writer' }, null, root), 'writer');
    assert.equal(selectedProfile({ ...named, HERMES_PROFILE: '' }, null, root), 'coder');
    assert.equal(selectedProfile({ HERMES_HOME: '/data' }, null, root), 'default');
    assert.equal(selectedProfile({}, null, root), 'default');
  });

  it('is refused when it is no name', () => {
    assert.throws(() => selectedProfile({}, '../x', root), /is no profile name/);
    assert.throws(() => selectedProfile({ HERMES_PROFILE: 'A' }, null, root), /is no profile name/);
  });
});
