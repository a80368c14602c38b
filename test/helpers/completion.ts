import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entry } from './cli.ts';

interface Where {
  readonly home: string;
  readonly scandir: string;
}

/** A shell with `hermes` on its PATH, run to its end; what it printed. */
function inShell(
  shell: 'bash' | 'zsh',
  script: string,
  { home, scandir }: Where,
  words: readonly string[],
): string {
  const bin = mkdtempSync(join(tmpdir(), 'hermes-bin-'));
  symlinkSync(entry, join(bin, 'hermes'));
  try {
    const { stdout, stderr, error } = spawnSync(
      shell,
      [shell === 'bash' ? '--norc' : '-f', '-c', script, shell, ...words],
      {
        encoding: 'utf8',
        cwd: home,
        env: {
          PATH: `${bin}:${process.env['PATH'] ?? ''}`,
          HOME: home,
          TERM: 'dumb',
          HERMES_HOME: home,
          S6_PROFILE_GATEWAY_SCANDIR: scandir,
        },
        timeout: 60_000,
      },
    );
    if (error !== undefined || stderr !== '') throw new Error(`${shell}: ${stderr}`, { cause: error });
    return stdout;
  } finally {
    rmSync(bin, { recursive: true });
  }
}

/** Sets completion up as the command's own instructions say, for both shells. */
export function setUp(where: Where): void {
  for (const shell of ['bash', 'zsh'] as const) {
    const told = inShell('bash', `hermes autocomplete ${shell} 2>/dev/null`, where, []);
    const [, line = ''] = /^ +(printf .*) >> ~\/\.(?:bash|zsh)rc;/m.exec(told) ?? [];
    inShell('bash', `${line} >> ~/.${shell}rc`, where, []);
  }
}

const askBash = `source ~/.bashrc
[ "$(complete -p hermes)" = 'complete -F _hermes_with_names hermes' ] || echo "not bound" >&2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_hermes_with_names hermes
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** What bash offers for the last of these words, in order; it shows each once. */
export function bashOffers(where: Where, words: readonly string[]): string[] {
  const offers = inShell('bash', askBash, where, words).split('\n').filter(Boolean);
  return [...new Set(offers)].sort();
}

// A terminal of its own, where a line is typed, TAB pressed, and the line as it then stands is written to a file.
const askZsh = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= ; unsetopt zle_bracketed_paste; source ~/.zshrc; keep() { print -r -- \\$BUFFER >line; exit }; zle -N keep; bindkey '^X' keep; print -r READY\\$((6*7))"
zpty -r shell out '*READY42*'
zpty -w -n shell "$1"$'\\t\\x18'
while zpty -t shell; do zpty -r shell out 2>/dev/null; done`;

/** The line that zsh makes of this one when TAB is pressed at its end. */
export function zshCompletes(where: Where, line: string): string {
  inShell('zsh', askZsh, where, [line]);
  return readFileSync(join(where.home, 'line'), 'utf8').replace(/\n$/, '');
}
