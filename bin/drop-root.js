'use strict';

// A root `docker exec` under s6 becomes the user of the gateways before anything of ours is read or written, so that
// no file on the volume ever belongs to root. HERMES_DOCKER_EXEC_AS_ROOT keeps root.
const fs = require('fs');
const env = process.env;

if (!/^(1|true|yes)$/i.test(env.HERMES_DOCKER_EXEC_AS_ROOT || '') && underS6()) stepDown();

/** The contract's rule for choosing s6, an explicit scandir included. */
function underS6() {
  if (env.S6_PROFILE_GATEWAY_SCANDIR || process.argv.some((word) => /^--scandir(=|$)/.test(word)))
    return true;
  try {
    return (
      fs.readFileSync('/proc/1/comm', 'utf8') === 's6-svscan\n' &&
      fs.statSync('/run/s6/basedir').isDirectory()
    );
  } catch {
    return false;
  }
}

function stepDown() {
  const name = env.HERMES_USER || 'hermes';
  const passwd = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const first = ofPid1();
  if (first.uid !== 0) {
    // docker run --user: there is nobody else whom a gateway could run as.
    const entry = passwd.find((fields) => fields[2] === String(first.uid));
    become(first, entry ? entry[5] : '/');
    return;
  }
  const entry = passwd.find((fields) => fields[0] === name);
  if (entry) become({ uid: Number(entry[2]), gid: Number(entry[3]), name }, entry[5]);
  else if (env.HERMES_USER)
    refuse(78, 'UNKNOWN_USER', {
      message: `HERMES_USER names ${JSON.stringify(name)}, and /etc/passwd has no such user`,
      hint: 'Set it to a user that exists, or unset it.',
    });
}

/** Who PID 1 is, which is who the container runs as. */
function ofPid1() {
  const status = fs.readFileSync('/proc/1/status', 'utf8');
  const numbers = (key) => (status.match(new RegExp(`^${key}:(.*)`, 'm'))[1].match(/\d+/g) || []).map(Number);
  return { uid: numbers('Uid')[0], gid: numbers('Gid')[0], groups: numbers('Groups') };
}

function become({ uid, gid, name, groups }, home) {
  try {
    if (groups) process.setgroups(groups);
    else process.initgroups(name, gid);
    process.setgid(gid);
    process.setuid(uid);
  } catch (error) {
    if (error.code !== 'EPERM') throw error;
    // docker run --cap-drop ALL
    refuse(77, 'CANNOT_STEP_DOWN', {
      message: `root may not become uid ${uid} in this container, which was started without that capability`,
      hint: `Enter it as that user: docker exec --user ${uid}:${gid}`,
    });
  }
  env.HOME = home;
}

function refuse(exit, code, { message, hint }) {
  if (process.argv.includes('--json')) {
    const error = { code, message, hint, retryable: false };
    process.stdout.write(`${JSON.stringify({ schema: 'hermes.error/1', error })}\n`);
  } else process.stderr.write(`Error: ${message}\n${hint}\n`);
  process.exitCode = exit;
}
