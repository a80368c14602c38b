import * as z from 'zod/mini';
import { answer, moment } from '../answer.ts';

const entry = z.object({
  at: moment,
  profile: z.string(),
  action: z.string(),
  actor: z.object({ user: z.string(), uid: z.number(), via: z.string() }),
  reason: z.nullable(z.string()),
  outcome: z.string(),
  seconds: z.number(),
  pid: z.nullable(z.int()),
  error: z.nullable(z.string()),
});

/** What `hermes gateway history --json` prints, oldest first. */
export default answer('gateway.history', { entries: z.array(entry) });
