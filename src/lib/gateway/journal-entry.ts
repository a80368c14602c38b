import * as z from 'zod/mini';

/** One line of `lifecycle.jsonl`, as it is read: writing one needs no schema. */
export const entrySchema = z.object({
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
