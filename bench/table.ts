import type { Row } from './row.ts';

/** What `npm run bench` leaves in results.json. */
export interface Results {
  readonly at: string;
  readonly cpu: string;
  readonly cores: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

const columns = ['', 'median', 'min', 'max', 'against', 'its median', 'ratio', 'CPU ratio', 'goal', ''];

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function cells(row: Row): string[] {
  const { what, unit, median, min, max, against, reference, ratio, cpuRatio, goal, met } = row;
  return [
    what,
    `${number(median)} ${unit}`,
    number(min),
    number(max),
    against,
    number(reference),
    ratio.toFixed(2),
    cpuRatio === null ? '' : cpuRatio.toFixed(2),
    goal ?? '',
    met === null ? '' : met ? 'met' : 'missed',
  ];
}

/** The rows as text in columns. */
export function plainTable(rows: readonly Row[]): string {
  const lines = [columns, ...rows.map(cells)];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The rows in Markdown, with where and when they were measured. */
export function markdownTable({ at, cpu, cores, versions, rows }: Results): string {
  const line = (words: readonly string[]) => `| ${words.join(' | ')} |`;
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${at.slice(0, 10)}, ${cpu}, ${cores} cores; ${used.join(', ')}. Wall time unless it says CPU, the home on tmpfs`,
    '(no fsync on a disk), everything run in turn with what it is held against; medians of 20 runs, of 10 where',
    'thousands of profiles or twenty gateways take part.',
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(cells(row))),
  ].join('\n');
}
