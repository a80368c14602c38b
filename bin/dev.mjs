#!/usr/bin/env node
// The program on its TypeScript sources, for work on it: no build, no cache, commands found by their files.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../src/program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
Object.assign(pjson.oclif, {
  commands: { strategy: 'pattern', target: './src/commands' },
  helpClass: './src/help.ts',
  hooks: { command_not_found: './src/hooks/command-not-found.ts' },
});
await main(process.argv.slice(2), { root, pjson, ignoreManifest: true });
