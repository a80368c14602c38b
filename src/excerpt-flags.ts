import * as Flags from '@oclif/core/flags';

/** How much of the past a command shows. */
export const linesFlag = Flags.integer({
  char: 'n',
  summary: 'At most this many lines, the last ones.',
  helpValue: 'N',
  min: 0,
});

/** From when on. */
export const sinceFlag = Flags.string({
  summary: 'Only since then: 90s, 10m, 2h, 3d (ago), or an ISO time.',
  helpValue: 'WHEN',
});
