// Plays the incidents of docs/operating.md on real supervision trees and writes down what was typed and answered;
// with --check it writes nothing and tells where the page says otherwise.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Incident, incidents } from './incident-plays.ts';
import { Stage } from './stage.ts';
import { difference, normalised, section, withSection } from './transcript.ts';

const pagePath = fileURLToPath(new URL('../docs/operating.md', import.meta.url));

async function played({ play }: Incident): Promise<string> {
  const stage = await Stage.open();
  try {
    await play(stage);
    return `\n\`\`\`console\n${stage.transcript}\`\`\`\n`;
  } finally {
    await stage.close();
  }
}

/** What differs between the page and a play; on a machine that stalls one play more is granted. */
async function differing(incident: Incident, recorded: string): Promise<string> {
  for (const last of [false, true]) {
    const found = difference(normalised(recorded), normalised(await played(incident)));
    if (found === '' || last) return found;
  }
  return '';
}

let page = readFileSync(pagePath, 'utf8');
const begun = performance.now();
if (process.argv.includes('--check')) {
  const results = await Promise.all(
    incidents.map(async (incident) => ({
      name: incident.name,
      found: await differing(incident, section(page, incident.name) ?? ''),
    })),
  );
  for (const { name, found } of results)
    console.log(
      found === '' ? `ok: ${name}` : `${name} went otherwise than docs/operating.md tells:\n${found}`,
    );
  if (results.some(({ found }) => found !== '')) process.exitCode = 1;
} else {
  const texts = await Promise.all(incidents.map(played));
  for (const [index, { name }] of incidents.entries()) page = withSection(page, name, texts[index] ?? '');
  writeFileSync(pagePath, page);
}
console.log(`${incidents.length} incidents in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
