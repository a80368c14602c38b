import type { ProfileName } from '../profile/name.ts';

/** One line that a gateway wrote, with the moment s6-log read it. */
export interface LogLine {
  readonly profile: ProfileName;
  /** Null for text without a stamp of its own: the rest of a line that s6-log had to cut. */
  readonly at: Date | null;
  readonly text: string;
}

/** s6-log's `T`: local time with nanoseconds, then a blank (s6-log(8)). */
const stamped = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\d{6} {1,2}/;

/** Takes the stamp off a line of the rotated log. */
export function parseLogLine(profile: ProfileName, line: string): LogLine {
  const match = stamped.exec(line);
  if (match === null) return { profile, at: null, text: line };
  return { profile, at: new Date(`${match[1] ?? ''}T${match[2] ?? ''}`), text: line.slice(match[0].length) };
}

/** Control characters (C0 but the tab, DEL, C1) made visible as `\x1b`, so that a gateway cannot drive the reader's terminal. */
export function neutralised(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return String.raw`\x${code}`;
  });
}
