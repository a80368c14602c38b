import assert from 'node:assert/strict';
import { captureOutput } from '@oclif/test';
import ProfileList from '../../../src/commands/profile/list.ts';
import { freePort } from '../../helpers/free-port.ts';
import { profileTree, tempHome, type TempHome } from '../../helpers/home.ts';

describe('a command run inside another program', () => {
  let home: TempHome;
  const environment = { ...process.env };

  before(async () => {
    // What oclif's discovery of commands gives it.
    ProfileList.id = 'profile:list';
    home = tempHome({ 'SOUL.md': '', ...profileTree('coder', await freePort()) });
    process.env['HERMES_HOME'] = home.path;
    process.env['S6_PROFILE_GATEWAY_SCANDIR'] = home.file('no-scandir');
  });

  after(async () => {
    process.env = environment;
    process.exitCode = undefined;
    await home.remove();
  });

  it('returns the data that --json prints', async () => {
    const { result, error } = await captureOutput<Awaited<ReturnType<ProfileList['run']>>>(() =>
      ProfileList.run([], process.cwd()),
    );
    assert.equal(error, undefined);
    assert.equal(result?.schema, 'hermes.profile.list/1');
    assert.deepEqual(
      result.profiles.map(({ name }) => name),
      ['default', 'coder'],
    );
  });

  it('leaves the exit code of a usage error and throws nothing', async () => {
    const { error } = await captureOutput(() => ProfileList.run(['--nope'], process.cwd()));
    assert.equal(error, undefined);
    assert.equal(process.exitCode, 2);
  });
});
