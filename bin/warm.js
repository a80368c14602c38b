'use strict';

// Makes the code cache for this Node, at build or install time: every later start reads it, whoever starts it.
const home = require('fs').mkdtempSync(require('path').join(require('os').tmpdir(), 'hermes-warm-'));
Object.assign(process.env, { HERMES_HOME: home, S6_PROFILE_GATEWAY_SCANDIR: home });
const loaded = require('./load.js');
const program = loaded.load();
const { stdout, stderr } = process;
const write = [stdout.write, stderr.write];

(async () => {
  stdout.write = stderr.write = () => true;
  for (const argv of [
    ['--version'],
    ['gateway', 'status', '--no-such-flag'],
    ['gateway', 'status', '-p', 'coder'],
  ])
    await program.program.main(argv);
  [stdout.write, stderr.write] = write;
  process.exitCode = 0;
  loaded.saveCache(program);
  require('fs').rmSync(home, { recursive: true });
})();
