import type { ExitCode } from './lib/failure.ts';

/** What each exit code means, in the words of every command's help. */
export const exitCodes: Readonly<Record<ExitCode, string>> = {
  0: 'Done, or it was so already; status: up, ready and wanted.',
  1: 'Failed; status: wanted and actual differ.',
  2: 'Usage: an unknown command or flag, or a bad value.',
  3: 'status: down as intended, or starting or stopping.',
  4: 'No such profile, or its gateway has no slot or no supervisor.',
  69: 'No service manager here.',
  75: 'Timed out; it may still get there.',
  77: 'Permission denied.',
  78: 'The configuration is wrong.',
  130: 'Cancelled at the question, or by Ctrl-C while "gateway wait" waited.',
};
