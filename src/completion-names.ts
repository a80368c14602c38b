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

/** What bash reads after oclif's own function: profiles where one is wanted, oclif's words and flags elsewhere. */
export function bashNames(commands: readonly Command[]): string {
  return `${look(commands)}
_hermes_with_names() {
  local typed=() rest=() names="" also="" before="" cur="\${COMP_WORDS[COMP_CWORD]}"
  [ "$cur" != "=" ] || cur=""
  _hermes_look "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  case "$before" in
${bashValues(commands)}
  esac
  if [ -n "$names" ] && [[ "$cur" != -* ]]; then
    COMPREPLY=($(compgen -W "$(_hermes_offered "$1")" -- "$cur"))
  else
    local COMP_WORDS=("$1" "\${typed[@]:0:2}" "$cur")
    local COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _hermes_autocomplete "$@"
    [[ "$cur" != -* ]] || COMPREPLY+=($(compgen -W "$also" -- "$cur"))
  fi
}
complete -F _hermes_with_names hermes
`;
}

/** What zsh reads after it has found oclif's own function, likewise. */
export function zshNames(commands: readonly Command[]): string {
  return `${look(commands)}
_hermes_with_names() {
  local -a typed rest
  local names="" also="" before=""
  _hermes_look "\${(@)words[2,CURRENT-1]}"
  if [[ -n $names && $words[CURRENT] != -* ]]; then
    compadd -- \${(f)"$(_hermes_offered $words[1])"}
  else
    words=($words[1] $rest "$words[CURRENT]")
    CURRENT=$#words
    [[ -z $also || $PREFIX != -* ]] || compadd -- $also
    _hermes
  fi
}
compdef _hermes_with_names hermes
`;
}

/** For both shells: what the words before the cursor amount to, and the names that may follow them. */
function look(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  return `
_hermes_look() {
  while [ $# -gt 0 ]; do
    [ "$1" = "=" ] || before="$1"
    case "$1" in
      -p|--profile)
        if [ $# -gt 1 ]; then shift; before=""; fi ;;
      -*) rest+=("$1") ;;
      *) typed+=("$1") rest+=("$1") ;;
    esac
    shift
  done
  case "\${typed[*]} " in
${shown.flatMap(nameCase).join('\n')}
  esac
  case "$before" in
    -p|--profile|--clone) names="\${names:-all}" typed=() ;;
    ${valued(shown).join('|')}) names="" ;;
  esac
}
_hermes_offered() {
  local name
  "$1" autocomplete names --for "$names" 2>/dev/null | while read -r name; do
    case " \${typed[*]} " in *" $name "*) ;; *) echo "$name" ;; esac
  done
}`;
}

/** After one name no second one follows where a command takes one. */
function nameCase({ id, args, flags }: Command): string[] {
  const [first] = Object.values(args);
  const takesName = (first?.name === 'name' || first?.name === 'old') && !inventing.includes(id);
  if (!takesName) return [];
  const typed = `"${id.replaceAll(':', ' ')} "${first.multiple === true ? '*' : ''}`;
  // oclif's functions know no flag's opposite.
  const opposites = Object.values(flags).filter((flag) => flag.type === 'boolean' && flag.allowNo);
  const also = opposites.map(({ name }) => ` also=--no-${name}`).join('');
  return [`    ${typed}) names=${verbs[id] ?? 'all'}${also} ;;`];
}

/** Each spelling of the flags that want a value which is no profile. */
function valued(commands: readonly Command[]): string[] {
  return [...new Set(commands.flatMap(({ flags }) => Object.values(flags).flatMap(spellings)))];
}

function spellings({ name, char, type }: Command['flags'][string]): string[] {
  if (type !== 'option' || name === 'profile' || name === 'clone') return [];
  return [`--${name}`, ...(char === undefined ? [] : [`-${char}`])];
}

/** oclif's function for bash knows no values: one of a few words, a file or a directory. */
function bashValues(commands: readonly Command[]): string {
  const cases = new Map<string, string>();
  for (const flag of commands.flatMap(({ flags }) => Object.values(flags))) {
    if (flag.type !== 'option') continue;
    const words = flag.options === undefined ? null : `-W "${flag.options.join(' ')}"`;
    const paths = flag.helpValue === 'FILE' ? '-f' : flag.helpValue === 'DIR' ? '-d' : null;
    const act = words ?? paths;
    if (act !== null) cases.set(spellings(flag).join('|'), act);
  }
  return [...cases]
    .map(([words, act]) => `    ${words}) COMPREPLY=($(compgen ${act} -- "$cur")); return ;;`)
    .join('\n');
}
