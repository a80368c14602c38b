import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run, runSync } from '../process.ts';
import type { S6CommandError } from './errors.ts';
import { parseSvstat, svstatFields, type ServiceStatus } from './status.ts';
import { type Death, parseTally, unaskedDeaths } from './tai64.ts';
import { commandError, isUnsupervised, type S6Tools } from './tools.ts';

/** What s6 says of one of several services. */
export interface Surveyed {
  /** Null when it has no slot or no supervisor, or when s6 could not be asked. */
  readonly status: ServiceStatus | null;
  /** The deaths in its tally that nobody asked for, oldest first. */
  readonly deaths: Date[];
  /** How it last ended, on whoever's word; null: never, as far as the tally knows. */
  readonly lastDeath: Death | null;
  /** Why s6 could not be asked; null when it was. */
  readonly error: S6CommandError | null;
}

/** Empty until a first death (measured from 2.11 on): then nothing is asked. Where it is not there, s6-svdt tells. */
const tallyFile = 'supervise/death_tally';

// Each answer is: a record separator, what the programs said, and the exit code of s6-svstat on a line of its own.
const script = `svstat=$1 svdt=$2 scandir=$3
shift 3
for service do
  printf '\\036'
  "$svstat" -o ${svstatFields} "$scandir/$service" 2>&1
  code=$?
  tally=$scandir/$service/${tallyFile}
  [ $code -ne 0 ] || { [ -e "$tally" ] && [ ! -s "$tally" ]; } || "$svdt" "$scandir/$service" 2>&1
  printf '\\n%d' $code
done`;

/** As sh(1) says it. */
const noSuchProgram = 127;
const startLimitMs = 10_000;
const limitPerServiceMs = 50;

/** Services that one shell is asked about; a second one beside it pays only for more (a start costs some 20 of them). */
const askedAtOnce = 100;

/** Asks s6 about many services in one process, or one a processor: a spawn from Node each would cost several times as much. */
export async function survey(
  tools: S6Tools,
  scandir: string,
  services: readonly string[],
  withDeaths: boolean,
): Promise<Map<string, Surveyed>> {
  const [first, ...others] = services;
  if (first === undefined) return new Map();
  if (others.length === 0) return new Map([[first, surveyOne(tools, scandir, first, withDeaths)]]);
  const timeoutMs = startLimitMs + services.length * limitPerServiceMs;
  const shells = Math.min(availableParallelism(), Math.ceil(services.length / askedAtOnce));
  const each = Math.ceil(services.length / shells);
  // `true` is the shell's own: where nobody asks for deaths it costs no process.
  const svdt = withDeaths ? tools.path('s6-svdt') : 'true';
  const ask = (asked: readonly string[]) => {
    const args = ['-c', script, 'survey', tools.path('s6-svstat'), svdt, scandir, ...asked];
    return shells === 1 ? runSync('/bin/sh', args, { timeoutMs }) : run('/bin/sh', args, { timeoutMs });
  };
  const parts = Array.from({ length: shells }, (_, part) => services.slice(part * each, (part + 1) * each));
  const found = await Promise.all(
    parts.map(async (part) => {
      const result = await ask(part);
      if (result.exitCode !== 0) throw commandError(result, 's6-svstat', null);
      const answers = result.stdout.split('\x1e').slice(1);
      return part.map((service, index): [string, Surveyed] => {
        const [, text = '', code] = /^([^]*)\n(\d+)$/.exec(answers[index] ?? '') ?? [];
        return [service, surveyed(service, text, Number(code))];
      });
    }),
  );
  return new Map(found.flat());
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
  if (status !== null)
    return { status, deaths: unaskedDeaths(tally), lastDeath: tally.at(-1) ?? null, error: null };
  const errno = exitCode === noSuchProgram ? 'ENOENT' : null;
  const result = { exitCode, signal: null, stdout: '', stderr: text, timedOut: false, errno };
  const error = isUnsupervised(result) ? null : commandError(result, 's6-svstat', service);
  return { status, deaths: [], lastDeath: null, error };
}
