import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../test/helpers/until.ts';
import { alternate } from './measure.ts';
import { faster, type Row, wallRow } from './row.ts';
import { makeWorld } from './world.ts';

const pm2 = join(import.meta.dirname, 'node_modules/pm2/bin/pm2');
const services = Array.from({ length: 10 }, (_, index) => `idle${index}`);
const idle = ['sleep', 'infinity'];

/** One status call over the same ten idle services: ours, Debian's supervisor, npm's pm2. */
export async function peers(runs: number): Promise<Row[]> {
  const world = makeWorld();
  const { home } = world;
  const conf = home.file('supervisord.conf');
  const pm2Env = { PM2_HOME: home.file('pm2'), NODE_ENV: 'production' };
  const run = (words: string[], env = {}) =>
    execFileSync(words[0] ?? '', words.slice(1), {
      env: { PATH: '/usr/bin:/bin', HOME: home.path, ...env },
      stdio: 'ignore',
    });
  try {
    await world.profiles(services, 'running', `  command: [${idle.join(', ')}]\n  mode: exec\n`);
    home.write({ 'supervisord.conf': supervisordConf(home.path), 'pm2.json': pm2Apps() });
    world.run('boot reconcile');
    await world.scan();
    world.run(`gateway start ${services.join(' ')}`);
    spawn('/usr/bin/supervisord', ['-c', conf], { stdio: 'ignore', detached: true }).unref();
    await until(() => existsSync(home.file('supervisor.sock')), 'supervisord listens');
    run([process.execPath, pm2, 'start', home.file('pm2.json')], pm2Env);
    const samples = alternate(
      {
        ours: world.hermes(`gateway status ${services.join(' ')} --json`),
        supervisor: { argv: ['/usr/bin/supervisorctl', '-c', conf, 'status'] },
        pm2: { argv: [process.execPath, pm2, 'jlist'], env: { ...pm2Env, HOME: home.path } },
      },
      runs,
    );
    const what = `status of ${services.length} services`;
    return [
      wallRow(
        { bench: 'peers', what, against: 'supervisorctl status', goal: faster(3) },
        samples.ours,
        samples.supervisor,
      ),
      wallRow({ bench: 'peers', what, against: 'pm2 jlist', goal: faster(2) }, samples.ours, samples.pm2),
    ];
  } finally {
    try {
      run([process.execPath, pm2, 'kill'], pm2Env);
    } finally {
      await world.end();
    }
  }
}

function supervisordConf(directory: string): string {
  const programs = services.map((name) => `[program:${name}]\ncommand=/bin/${idle.join(' ')}\n`);
  return `[unix_http_server]
file=${directory}/supervisor.sock
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
childlogdir=${directory}
pidfile=${directory}/supervisord.pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${directory}/supervisor.sock
${programs.join('')}`;
}

function pm2Apps(): string {
  const [script, ...args] = idle;
  return JSON.stringify({
    apps: services.map((name) => ({ name, script: `/bin/${script ?? ''}`, args, interpreter: 'none' })),
  });
}
