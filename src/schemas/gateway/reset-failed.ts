import * as z from 'zod/mini';
import { answer, failure } from '../answer.ts';

const result = z.object({
  profile: z.string(),
  outcome: z.enum(['done', 'already', 'failed', 'timeout']),
  pid: z.nullable(z.int()),
  seconds: z.number(),
  error: z.nullable(failure),
  deaths: z.nullable(z.int()),
  tried: z.boolean(),
});

/** What `hermes gateway reset-failed --json` prints, for one target as for many. */
export default answer('gateway.reset-failed', { results: z.array(result) });
