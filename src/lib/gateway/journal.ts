import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { ownerOfNewFile } from '../files/owner.ts';
import { readRegular } from '../files/read.ts';
import { journalPath } from '../profile/paths.ts';
import type { Site } from '../site.ts';

const entrySchema = z.object({
  at: z.string(),
  profile: z.string(),
  action: z.string(),
  actor: z.object({ user: z.string(), uid: z.number(), via: z.string() }),
  reason: z.nullable(z.string()),
  outcome: z.string(),
  seconds: z.number(),
  pid: z.nullable(z.number()),
  error: z.nullable(z.string()),
});

/** One line of `lifecycle.jsonl`: who changed what, when, why and with what result. */
export type JournalEntry = z.infer<typeof entrySchema>;

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
    mkdirSync(dirname(path), { recursive: true });
    append(path, lines);
    return null;
  } catch (error) {
    return `${path} was not written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function append(path: string, lines: readonly string[]): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is no regular file');
    const owner = fstatSync(fd).size === 0 ? ownerOfNewFile(dirname(path)) : null;
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
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
