'use strict';

// In a checkout the program's own Node takes over; elsewhere one sentence says what is needed.
const own = require('path').join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');

if (require('fs').existsSync(own)) hand(own);
else {
  process.stderr.write(
    'Error: hermes needs Node 22 or later, and this is ' +
      process.version +
      ' (' +
      process.execPath +
      ').\n' +
      'Put a newer one first on PATH, for example: PATH=/opt/node/bin:$PATH hermes --version\n',
  );
  process.exitCode = 69;
}

/** Runs the same words under another Node and ends as it ends. */
function hand(node) {
  const child = require('child_process').spawn(node, ['--'].concat(process.argv.slice(1)), {
    stdio: 'inherit',
  });
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
  const forward = (signal) => child.kill(signal);
  forwarded.forEach((signal) => process.on(signal, forward));
  child.on('exit', (code, signal) => {
    forwarded.forEach((name) => process.removeListener(name, forward));
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}
