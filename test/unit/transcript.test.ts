import assert from 'node:assert/strict';
import { difference, normalised, section, withSection } from '../../scripts/transcript.ts';

describe('transcripts of incidents', () => {
  it('are the same whenever, wherever and by whomever they were played', () => {
    const one = `2026-11-21T15:03:07.528Z  command  start by root (shell): done after 2.2 s
coder  backoff       pid 21938, for 1m3s, next try in 7s, 4 deaths in 11s, port 25401 is taken
`;
    const other = `2027-01-02T00:00:00Z  command  start by uid 1000 (shell): done after 10.1 s
coder   backoff  pid 7, for 0s, next try in 6s, 1 death in 2h5m, port 8643 is taken
`;
    assert.equal(difference(normalised(one), normalised(other)), '');
  });

  it('tell a story that repeats itself once', () => {
    const death = 'death exit 1\n    | boom\n';
    assert.equal(normalised(`${death.repeat(3)}now\n`), `${death}now\n`);
  });

  it('differ in what is said, and that is shown', () => {
    assert.equal(
      difference('coder is up\nhealthy\n', 'coder is down\nhealthy\n'),
      '- coder is up\n+ coder is down',
    );
    assert.match(difference('a\nb\n', 'b\na\n'), /another order/);
  });

  it('stand between markers of the page, and nothing around them is touched', () => {
    const page = 'before\n<!-- incident a -->old<!-- end -->\nafter <!-- end -->\n';
    assert.equal(section(page, 'a'), 'old');
    assert.equal(section(page, 'b'), null);
    assert.equal(
      withSection(page, 'a', 'new $1'),
      page.replace('old', () => 'new $1'),
    );
    assert.throws(() => withSection(page, 'b', ''), /no markers for b/);
  });
});
