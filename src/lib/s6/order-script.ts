import { svstatFields } from './status.ts';

// What a script tells stands between record separators (ASCII), which no s6 program prints. It goes on when nobody
// listens any more.
const record = (format: string): string => String.raw`printf '\036${format}\036'`;

/**
 * sh -c: SVC NOTIFY FLAGS LIMIT SCANDIR "SERVICE..." [WAIT...]. Tells each service. Whoever listens hears an `x` (the event
 * of a supervisor that leaves) of one that was not to be told; WAIT takes the directories of the others behind its words.
 * Of two FLAGS the second is told when the service is down, or after LIMIT ms, each service by itself.
 */
export const telling = `trap '' PIPE
svc=$1 notify=$2 flags=$3 limit=$4 scandir=$5 services=$6
shift 6
waits=$#
${record('told')}
refuse() {
  ${record('refused %s %d %s')} "$service" $1 "$said"
  [ -z "$notify" ] || "$notify" "$directory/event" x
}
tell() { said=$("$svc" "$@" "$directory" 2>&1); }
for service in $services; do
  directory=$scandir/$service
  case $flags in
    *' '*)
      {
        tell -wD -T "$limit" "\${flags% *}"
        tell "\${flags#* }" || refuse $?
      } &
      ;;
    *)
      if tell "$flags"; then
        [ $waits = 0 ] || set -- "$@" "$directory"
      else
        refuse $?
      fi
      ;;
  esac
done
wait
[ $# = $waits ] || exec "$@"`;

/** sh -c: SVSTAT SCANDIR "SERVICE..." WAIT...: waits, and then asks what the services are, in two loops that take turns. */
export const asking = `trap '' PIPE
svstat=$1 scandir=$2 services=$3
shift 3
"$@"
ended=$?
ask() {
  for service in $services; do
    mine=$((1 - mine))
    [ $mine = 1 ] || continue
    said=$("$svstat" -o ${svstatFields} "$scandir/$service" 2>&1)
    ${record('status %s %s')} "$service" "$said"
  done
}
mine=1
[ "$services" = "\${services% *}" ] || ask &
mine=0
ask
wait
${record('ended %d')} $ended`;

/** Why s6 did not take an order: the exit code of s6-svc and its words. */
export interface Refusal {
  readonly exitCode: number;
  readonly stderr: string;
}

/** What the scripts have told so far. */
export interface Report {
  /** Whether orders were sent: a listener that cannot listen sends none. */
  readonly isTold: boolean;
  readonly refused: ReadonlyMap<string, Refusal>;
  /** The exit code of what waited; null: it still does, or nobody was to ask afterwards. */
  readonly ended: number | null;
  /** What s6-svstat said of each service in the end. */
  readonly statuses: ReadonlyMap<string, string>;
}

const kinds = /^(told|refused|ended|status)(?: ([^]*))?$/;

/** Reads what the scripts printed; what other programs said between their records is passed over. */
export function parseReport(stdout: string): Report {
  let isTold = false;
  let ended: number | null = null;
  const refused = new Map<string, Refusal>();
  const statuses = new Map<string, string>();
  // What has no separator behind it has not been told whole.
  for (const text of stdout.split('\x1e').slice(0, -1)) {
    const [, kind, rest = ''] = kinds.exec(text) ?? [];
    const [service = '', code = '', ...words] = rest.split(' ');
    if (kind === 'told') isTold = true;
    if (kind === 'ended') ended = Number(rest);
    if (kind === 'status') statuses.set(service, rest.slice(service.length + 1));
    if (kind === 'refused') refused.set(service, { exitCode: Number(code), stderr: words.join(' ') });
  }
  return { isTold, refused, ended, statuses };
}
