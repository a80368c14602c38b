'use strict';

const oldest = 22;

/** Whether this Node can run the program; if not, the checkout's own Node takes over, or exit 69 says what is needed. */
exports.isYoungEnough = (checkout) => {
  if (Number(process.versions.node.split('.')[0]) >= oldest) return true;
  const own = require('path').join(checkout, 'node_modules', 'node', 'bin', 'node');
  if (require('fs').existsSync(own) && process.execPath !== own) hand(own);
  else {
    process.stderr.write(
      `Error: hermes needs Node ${oldest} or later, and this is Node ${process.versions.node} (${process.execPath}).\n` +
        'Put a newer one first on PATH, for example: PATH=/opt/node24/bin:$PATH hermes --version\n',
    );
    process.exitCode = 69;
  }
  return false;
};

/** Runs the same words under another Node and ends as it ends. */
function hand(node) {
  const child = require('child_process').spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
  const forward = (signal) => child.kill(signal);
  forwarded.forEach((signal) => process.on(signal, forward));
  child.on('exit', (code, signal) => {
    forwarded.forEach((name) => process.removeListener(name, forward));
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}
