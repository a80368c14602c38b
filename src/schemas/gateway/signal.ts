import * as z from 'zod/mini';
import { answer, failure } from '../answer.ts';

const result = z.object({
  profile: z.string(),
  outcome: z.enum(['sent', 'failed', 'timeout']),
  pid: z.nullable(z.int()),
  seconds: z.number(),
  error: z.nullable(failure),
});

/** What `hermes gateway signal --json` prints. */
export default answer('gateway.signal', { signal: z.string(), results: z.array(result) });
