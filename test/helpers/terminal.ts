import { spawn } from 'node:child_process';
import { entry } from './cli.ts';

/** Runs the built program on a terminal of its own (script(1)) and types `keys` once `question` is on the screen. */
export function runOnTerminal(
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly question: string;
    readonly keys: string;
  },
): Promise<{ code: number | null; screen: string }> {
  const quoted = [process.execPath, '--', entry, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: '/tmp', SHELL: '/bin/sh', TERM: 'xterm', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let typed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (typed || !screen.includes(options.question)) return;
    typed = true;
    child.stdin.write(options.keys);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      child.stdin.destroy();
      resolve({ code, screen });
    });
  });
}
