import * as z from 'zod/mini';
import { answer, failure } from '../answer.ts';

const result = z.object({
  profile: z.string(),
  outcome: z.enum(['reached', 'failed', 'timeout', 'interrupted']),
  state: z.string(),
  pid: z.nullable(z.int()),
  seconds: z.number(),
  error: z.nullable(failure),
});

/** What `hermes gateway wait --json` prints, for one target as for many. */
export default answer('gateway.wait', { for: z.enum(['ready', 'down']), results: z.array(result) });
