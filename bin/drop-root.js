'use strict';

// A root `docker exec` under s6 becomes the runtime user before anything of ours is read or written, so that no
// file on the volume ever belongs to root. HERMES_DOCKER_EXEC_AS_ROOT keeps root.
const fs = require('fs');
const env = process.env;

if (!/^(1|true|yes)$/i.test(env.HERMES_DOCKER_EXEC_AS_ROOT || '') && underS6())
  become(env.HERMES_USER || 'hermes');

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

function become(name) {
  const entry = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name);
  if (entry) {
    const gid = Number(entry[3]);
    process.initgroups(name, gid);
    process.setgid(gid);
    process.setuid(Number(entry[2]));
    env.HOME = entry[5];
  } else if (env.HERMES_USER) {
    const message = `HERMES_USER names ${JSON.stringify(name)}, and /etc/passwd has no such user`;
    const hint = 'Set it to a user that exists, or unset it.';
    if (process.argv.includes('--json')) {
      const error = { code: 'UNKNOWN_USER', message, hint, retryable: false };
      process.stdout.write(`${JSON.stringify({ schema: 'hermes.error/1', error })}\n`);
    } else process.stderr.write(`Error: ${message}\n${hint}\n`);
    process.exitCode = 78;
  }
}
