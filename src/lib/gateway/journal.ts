import { closeSync, fstatSync, renameSync, writeSync } from 'node:fs';
import { messageOf } from '../failure.ts';
import { openForAppend } from '../files/append.ts';
import { readRegular } from '../files/read.ts';
import { journalPath } from '../profile/paths.ts';
import type { Site } from '../site.ts';
import { entrySchema, type JournalEntry } from './journal-entry.ts';

/** What a command tells; the site adds who, and when where it ends just now. */
export type JournalFacts = Omit<JournalEntry, 'at' | 'actor'> & { readonly at?: string | undefined };

const limitBytes = 1024 * 1024;

/** Appends to the journal, each entry in one write; returns why it could not, for nothing may fail because of it. */
export function appendJournal(site: Site, ...facts: readonly JournalFacts[]): string | null {
  const path = journalPath(site.root);
  const lines = facts.map(({ at = site.now().toISOString(), ...fact }) => {
    const seconds = Math.round(fact.seconds * 1000) / 1000;
    return `${JSON.stringify({ at, actor: site.actor, ...fact, seconds })}\n`;
  });
  try {
    append(path, lines);
    return null;
  } catch (error) {
    return `the journal was not written: ${messageOf(error)}`;
  }
}

function append(path: string, lines: readonly string[]): void {
  const fd = openForAppend(path);
  try {
    for (const line of lines) writeSync(fd, line);
    // Whoever appends to the renamed file meanwhile still lands in `.1`: nothing is lost.
    if (fstatSync(fd).size >= limitBytes) renameSync(path, `${path}.1`);
  } finally {
    closeSync(fd);
  }
}

/** All entries, oldest first, the rotated file's included; lines that are none of ours are passed over. */
export function readJournal(site: Pick<Site, 'root'>): JournalEntry[] {
  const path = journalPath(site.root);
  const maxBytes = 2 * limitBytes;
  const text = (readRegular(`${path}.1`, maxBytes) ?? '') + (readRegular(path, maxBytes) ?? '');
  return text.split('\n').flatMap(parseLine);
}

function parseLine(line: string): JournalEntry[] {
  try {
    const entry = entrySchema.safeParse(JSON.parse(line));
    return entry.success ? [entry.data] : [];
  } catch {
    return [];
  }
}
