/** The text between the markers of one section; null when the page has none. */
export function section(page: string, name: string): string | null {
  const [begin, end] = markers(name);
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  return from === -1 || to === -1 ? null : page.slice(from + begin.length, to);
}

/** The page with that section's text replaced; throws where it has no such section. */
export function withSection(page: string, name: string, text: string): string {
  const former = section(page, name);
  if (former === null) throw new Error(`the page has no markers for ${name}`);
  const [begin] = markers(name);
  const from = page.indexOf(begin) + begin.length;
  return page.slice(0, from) + text + page.slice(from + former.length);
}

const markers = (name: string): [string, string] => [`<!-- incident ${name} -->`, '<!-- end -->'];

/**
 * A transcript without what differs from one time to the next: moments, spans, PIDs, ports, who types, and how often
 * what repeats itself did so.
 */
export function normalised(transcript: string): string {
  return (
    transcript
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d{4})/g, 'MOMENT')
      .replaceAll(/\b(\d+(\.\d+)? s|(\d+[dhms]){1,2})\b/g, 'SPAN')
      .replaceAll(/\bpid \d+/g, 'pid PID')
      .replaceAll(/\b(\d+|once|twice) (deaths?|times)\b/g, 'MANY')
      .replaceAll(/(uid \d+|[\w-]+) \((shell|docker exec)\)/g, 'SOMEBODY')
      .replaceAll(/(port:? \*?|127\.0\.0\.1:|port: )\d+/g, '$1PORT')
      // Columns are as wide as their widest cell.
      .replaceAll(/(?<=\S) {2,}/g, '  ')
      // Between two tries there is no process.
      .replaceAll('backoff  pid PID, ', 'backoff  ')
      .replaceAll(/((?:.*\n){1,4}?)\1+/g, '$1')
  );
}

/** What one of two texts has and the other has not, line by line, under its heading; empty when they are the same. */
export function difference(recorded: string, played: string): string {
  if (recorded === played) return '';
  const [before, after] = [recorded.split('\n'), played.split('\n')];
  const only = (lines: readonly string[], others: readonly string[], sign: string): string[] =>
    lines.filter((line) => !others.includes(line)).map((line) => `${sign} ${line}`);
  const lines = [...only(before, after, '-'), ...only(after, before, '+')];
  return (lines.length > 0 ? lines : ['the same lines in another order:', played]).join('\n');
}
