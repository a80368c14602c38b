import type { ChalkInstance } from 'chalk';
import { neutralised, type LogLine } from './lib/gateway/log-line.ts';
import type { ProfileName } from './lib/profile/name.ts';

const colours = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/** How a line of a gateway's log is printed. */
export type LogPrinter = (line: LogLine) => string;

/** One JSON object a line, as every stream gives them. */
export const jsonPrinter: LogPrinter = ({ profile, at, text }) =>
  JSON.stringify({ schema: 'hermes.gateway.logs/1', profile, at: at?.toISOString() ?? null, text });

/** Text: the profile's name when there are several, the time, the line; a terminal is kept safe from what is in it. */
export async function textPrinter(profiles: readonly ProfileName[], terminal: boolean): Promise<LogPrinter> {
  const { default: chalk } = await import('chalk');
  const width = Math.max(...profiles.map((profile) => profile.length));
  const names = new Map(
    profiles.map((profile, index) => [profile, column(chalk, profile.padEnd(width), index)]),
  );
  return ({ profile, at, text }) => {
    const name = profiles.length > 1 ? `${names.get(profile) ?? profile} ` : '';
    const stamp = at === null ? '' : `${chalk.dim(at.toISOString())} `;
    return `${name}${stamp}${terminal ? neutralised(text) : text}`;
  };
}

function column(chalk: ChalkInstance, text: string, index: number): string {
  return chalk[colours[index % colours.length] ?? 'cyan'](text);
}
