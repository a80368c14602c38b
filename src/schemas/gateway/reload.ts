import * as z from 'zod/mini';
import { answer, failure, moment } from '../answer.ts';

const result = z.object({
  profile: z.string(),
  outcome: z.enum(['done', 'sent', 'failed', 'timeout']),
  pid: z.nullable(z.int()),
  seconds: z.number(),
  error: z.nullable(failure),
  read_at: z.nullable(moment),
});

/** What `hermes gateway reload --json` prints, for one target as for many. */
export default answer('gateway.reload', { results: z.array(result) });
