import { statSync } from 'node:fs';
import { join } from 'node:path';
import { runSync } from '../process.ts';
import type { S6CommandError } from './errors.ts';
import { parseSvstat, svstatFields, type ServiceStatus } from './status.ts';
import { type Death, parseTally } from './tai64.ts';
import { commandError, isUnsupervised, type S6Tools } from './tools.ts';

/** What s6 says of one of several services. */
export interface Surveyed {
  /** Null when it has no slot or no supervisor, or when s6 could not be asked. */
  readonly status: ServiceStatus | null;
  /** How it has ended so far, on whoever's word, as far back as its tally goes, oldest first. */
  readonly tally: readonly Death[];
  /** Why s6 could not be asked; null when it was. */
  readonly error: S6CommandError | null;
}

/** Empty until a first death (measured from 2.11 on): then nothing is asked. Where it is not there, s6-svdt tells. */
const tallyFile = 'supervise/death_tally';

// Each answer is: a record separator, what the programs said, and the exit code of s6-svstat on a line of its own.
// Two loops take turns, side by side: what the first asks is on stdout, what the second asks on stderr.
const script = `svstat=$1 svdt=$2 scandir=$3
shift 3
ask() {
  for service do
    mine=$((1 - mine))
    [ $mine = 1 ] || continue
    printf '\\036'
    "$svstat" -o ${svstatFields} "$scandir/$service" 2>&1
    code=$?
    tally=$scandir/$service/${tallyFile}
    [ $code -ne 0 ] || { [ -e "$tally" ] && [ ! -s "$tally" ]; } || "$svdt" "$scandir/$service" 2>&1
    printf '\\n%d' $code
  done
}
mine=1
ask "$@" >&2 &
mine=0
ask "$@"
wait`;

/** As sh(1) says it. */
const noSuchProgram = 127;
const startLimitMs = 10_000;
const limitPerServiceMs = 50;

/** Asks s6 about many services in one process: a spawn from Node each would cost several times as much. */
export function survey(
  tools: S6Tools,
  scandir: string,
  services: readonly string[],
  withDeaths: boolean,
): Map<string, Surveyed> {
  const [first, ...others] = services;
  if (first === undefined) return new Map();
  if (others.length === 0) return new Map([[first, surveyOne(tools, scandir, first, withDeaths)]]);
  // `true` is the shell's own: where nobody asks for deaths it costs no process.
  const svdt = withDeaths ? tools.path('s6-svdt') : 'true';
  const args = ['-c', script, 'survey', tools.path('s6-svstat'), svdt, scandir, ...services];
  const result = runSync('/bin/sh', args, { timeoutMs: startLimitMs + services.length * limitPerServiceMs });
  if (result.exitCode !== 0) throw commandError(result, 's6-svstat', null);
  const loops = [result.stdout, result.stderr].map((text) => text.split('\x1e').slice(1));
  return new Map(
    services.map((service, index) => {
      const answer = loops[index % 2]?.[index >> 1] ?? '';
      const [, text = '', code] = /^([^]*)\n(\d+)$/.exec(answer) ?? [];
      return [service, surveyed(service, text, Number(code))];
    }),
  );
}

/** For one service alone a shell would cost more than the question. */
function surveyOne(tools: S6Tools, scandir: string, service: string, withDeaths: boolean): Surveyed {
  const directory = join(scandir, service);
  const options = { timeoutMs: startLimitMs };
  const { exitCode, stdout, stderr, errno } = runSync(
    tools.path('s6-svstat', service),
    ['-o', svstatFields, directory],
    options,
  );
  const asks =
    exitCode === 0 &&
    withDeaths &&
    statSync(join(directory, tallyFile), { throwIfNoEntry: false })?.size !== 0;
  const tally = asks ? runSync(tools.path('s6-svdt', service), [directory], options).stdout : '';
  return surveyed(service, `${stdout}${stderr}${tally}`, errno === 'ENOENT' ? noSuchProgram : exitCode);
}

function surveyed(service: string, text: string, exitCode: number | null): Surveyed {
  const status = parseSvstat(text);
  const tally = parseTally(text);
  if (status !== null) return { status, tally, error: null };
  const errno = exitCode === noSuchProgram ? 'ENOENT' : null;
  const result = { exitCode, signal: null, stdout: '', stderr: text, timedOut: false, errno };
  const error = isUnsupervised(result) ? null : commandError(result, 's6-svstat', service);
  return { status, tally: [], error };
}
