'use strict';

// Makes the code caches for this Node, at build or install time: every later start reads them, whoever starts it.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { load, saveCaches } = require('./load.js');

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hermes-warm-'));
fs.mkdirSync(path.join(home, 'profiles', 'coder'), { recursive: true });
fs.writeFileSync(path.join(home, 'profiles', 'coder', 'SOUL.md'), '');
Object.assign(process.env, { HERMES_HOME: home, S6_PROFILE_GATEWAY_SCANDIR: home });

// What is called often. Everything else compiles its own few functions: a larger cache costs every start.
const lines = ['--version', 'gateway status --no-such-flag', 'gateway status -p coder'];

(async () => {
  for (const line of lines) await load('commands').program.main(line.split(' '));
  await load('supervised').program.run('coder');
  await load('execa').program.execa('true');
  load('zod').program.strictObject({});
  load('yaml').program.parseDocument('gateway:\n  port: 8643\n').toJS();
  process.exitCode = 0;
  saveCaches();
  fs.rmSync(home, { recursive: true });
})();
