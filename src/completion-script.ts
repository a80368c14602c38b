import type { Interfaces } from '@oclif/core';

type Command = Interfaces.Config['commands'][number];
type NamesFor = 'up' | 'down' | 'all';

/** Which profiles a verb can do something about; any other that takes names takes all. */
const verbs: Readonly<Record<string, NamesFor>> = {
  'gateway:start': 'down',
  'gateway:stop': 'up',
  'gateway:restart': 'up',
  'gateway:reload': 'up',
  'gateway:signal': 'up',
};
/** Their argument is a name that nobody has yet. */
const inventing: readonly string[] = ['profile:create'];
const globalFlags = ['--help', '--json', '--profile'];

/** The function that completes `hermes`, for bash and for zsh's bashcompinit: words are in it, names are asked for. */
export function completionScript(shell: 'bash' | 'zsh', all: readonly Command[]): string {
  const commands = all.filter(({ hidden }) => !hidden).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const start =
    shell === 'bash'
      ? []
      : ['autoload -Uz compinit bashcompinit', '(( $+functions[compdef] )) || compinit', 'bashcompinit'];
  return [...start, ...body(commands), 'complete -F _hermes hermes'].join('\n');
}

function body(commands: readonly Command[]): string[] {
  return [
    '_hermes() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" typed="" i=1',
    '  local names="" words="" flags="" name="" list=""',
    // bash takes "--clone=x" apart at the "=".
    '  if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  while [ "$i" -lt "$COMP_CWORD" ]; do',
    '    case "${COMP_WORDS[$i]}" in',
    '      -p|--profile) i=$((i+1)) ;;',
    '      -*) ;;',
    '      *) typed="$typed ${COMP_WORDS[$i]}" ;;',
    '    esac',
    '    i=$((i+1))',
    '  done',
    '  case "$typed " in',
    ...commands.flatMap(commandCases),
    ...topicCases(commands),
    '  esac',
    '  case "$prev" in',
    '    -p|--profile|--clone) words="" flags="" names="${names:-all}" typed="" ;;',
    ...valueCases(commands),
    '  esac',
    '  case "$cur" in',
    '    -*) words="$flags" ;;',
    '    *)',
    '      if [ -n "$names" ]; then',
    '        list="$("${COMP_WORDS[0]}" completion names --for "$names" 2>/dev/null | tr "\\n" " ")"',
    '        while [ -n "$list" ]; do',
    '          name="${list%% *}" list="${list#* }"',
    '          case "$typed " in *" $name "*) ;; *) words="$words $name" ;; esac',
    '        done',
    '      fi ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
  ];
}

/** What may follow a command: its flags, and where it takes one, a profile or one of a few words. */
function commandCases({ id, args, flags }: Command): string[] {
  const typed = id.replaceAll(':', ' ');
  const [first] = Object.values(args);
  const own = Object.entries(flags).flatMap(([name, flag]) => [
    `--${name}`,
    ...(flag.type === 'boolean' && flag.allowNo ? [`--no-${name}`] : []),
  ]);
  const flagWords = `flags="${[...new Set([...globalFlags, ...own])].sort().join(' ')}"`;
  const takesName = (first?.name === 'name' || first?.name === 'old') && !inventing.includes(id);
  const names = takesName ? ` names=${verbs[id] ?? 'all'}` : '';
  const words = first?.options === undefined ? '' : ` words="${first.options.join(' ')}"`;
  const every = `    " ${typed} "*) ${flagWords}`;
  if (first?.multiple === true) return [`${every}${names} ;;`];
  return names + words === ''
    ? [`${every} ;;`]
    : [`    " ${typed} ") ${flagWords}${names}${words} ;;`, `${every} ;;`];
}

function topicCases(commands: readonly Command[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { id } of commands) {
    const path = id.split(':');
    for (const [depth, word] of path.entries()) {
      const before = ['', ...path.slice(0, depth)].join(' ');
      next.set(before, (next.get(before) ?? new Set()).add(word));
    }
  }
  const topics = [...next].filter(
    ([before]) => !commands.some(({ id }) => ` ${id.replaceAll(':', ' ')}` === before),
  );
  return topics.map(
    ([before, words]) => `    "${before} ") words="${[...words].sort().join(' ')}" flags="--help" ;;`,
  );
}

/** Flags that want a value: one of a few words, a file, a directory, or what nobody can guess. */
function valueCases(commands: readonly Command[]): string[] {
  const cases = new Map<string, string>();
  for (const { flags } of commands)
    for (const [name, flag] of Object.entries(flags)) {
      if (flag.type !== 'option' || name === 'profile' || name === 'clone') continue;
      const words = [`--${name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])].join('|');
      cases.set(words, cases.get(words) ?? valueOf(flag));
    }
  return [...cases].map(([words, act]) => `    ${words}) ${act} ;;`);
}

function valueOf({
  options,
  helpValue,
}: {
  readonly options?: readonly string[];
  readonly helpValue?: string | string[];
}): string {
  if (options !== undefined) return `words="${options.join(' ')}" names="" typed=""`;
  if (helpValue === 'FILE') return 'COMPREPLY=($(compgen -f -- "$cur")); return';
  if (helpValue === 'DIR') return 'COMPREPLY=($(compgen -d -- "$cur")); return';
  return 'COMPREPLY=(); return';
}
