'use strict';

// Makes the code caches for this Node, at build or install time: every later start reads one, whoever starts it.
// A cache holds what ran before it was written, so what is called often runs here, in a world of its own, one process
// for each cache.
const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { load, saveCache, setTried } = require('./load.js');

/** What runs for each cache, and how it must end: a cache of failures would help nobody. */
const lines = {
  commands: [
    ['--version', 0],
    ['gateway status --no-such-flag', 2],
    ['gateway status -p coder', 1],
    ['gateway health', 0],
  ],
  transition: [
    ['gateway start coder', 0],
    ['gateway restart coder', 0],
    ['gateway stop coder', 0],
  ],
  boot: [
    ['boot reconcile', 0],
    ['boot reconcile', 0],
  ],
};

const [kind] = process.argv.slice(2);
if (kind === undefined) warmAll();
else warm();

function warmAll() {
  // Nothing of the builder's own gateways takes part.
  const env = Object.entries(process.env).filter(([name]) => !/^(HERMES|S6)_/.test(name));
  const run = (each) =>
    execFileSync(process.execPath, [__filename, each], { stdio: 'inherit', env: Object.fromEntries(env) });
  setTried(true);
  try {
    run('commands');
  } catch {
    // Perhaps this Node cannot do it; it shows when it is left alone.
    setTried(false);
    run('commands');
  }
  ['transition', 'boot', 'libraries'].forEach(run);
}

async function warm() {
  const world = fs.mkdtempSync(path.join(os.tmpdir(), 'hermes-warm-'));
  try {
    await (kind === 'libraries' ? warmLibraries(world) : warmCommands(world));
  } finally {
    fs.rmSync(world, { recursive: true });
  }
}

async function warmCommands(world) {
  const root = path.join(world, 'home');
  const scandir = path.join(world, 'scandir');
  const programs = path.join(world, 'bin');
  write(path.join(root, 'profiles', 'coder'), { 'SOUL.md': '', 'config.yaml': 'gateway:\n  port: 8643\n' });
  const slot = path.join(scandir, 'gateway-coder');
  write(path.join(slot, 'supervise'), { control: '', death_tally: '' });
  write(path.join(slot, 'log'), {});
  // No s6 is needed to build: these answer as it does about one gateway, each time it is up as another process.
  const up = path.join(world, 'up');
  const answers = {
    's6-svstat': `[ -e ${up} ] && echo "true true true true $$ 0 NA 1 1" || echo "false false true false -1 0 NA 1 1"`,
    's6-ftrig-listen': `touch ${up}`,
    's6-svwait': `rm ${up}`,
    's6-svc': '',
    's6-svscanctl': '',
  };
  for (const [name, script] of Object.entries(answers))
    write(programs, { [name]: `#!/bin/sh\n${script}\n` }, 0o755);
  if (kind === 'commands') write(world, { up: '' });
  Object.assign(process.env, {
    HERMES_HOME: root,
    S6_PROFILE_GATEWAY_SCANDIR: scandir,
    HERMES_S6_BIN_DIR: programs,
  });
  const { program } = load('commands', kind);
  for (const [line, exit] of lines[kind]) {
    process.exitCode = 0;
    await program.main(line.split(' '));
    if (process.exitCode !== exit) throw new Error(`"${line}" ended with ${process.exitCode}, not ${exit}`);
  }
  process.exitCode = 0;
  saveCache('commands');
}

async function warmLibraries(home) {
  process.env.HERMES_HOME = home;
  // A gateway without a port leaves at once.
  write(path.join(home, 'profiles', 'coder'), { 'SOUL.md': '' });
  await load('supervised').program.run('coder');
  process.exitCode = 0;
  await load('execa').program.execa('true');
  load('zod').program.strictObject({});
  load('yaml').program.parseDocument('gateway:\n  port: 8643\n').toJS();
  ['supervised', 'execa', 'zod', 'yaml'].forEach(saveCache);
}

function write(directory, files, mode) {
  fs.mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files))
    fs.writeFileSync(path.join(directory, name), text, { mode });
}
