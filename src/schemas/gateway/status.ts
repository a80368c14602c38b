import * as z from 'zod/mini';
import { answer, failure, moment } from '../answer.ts';

/** One gateway. */
export const gateway = z.object({
  profile: z.string(),
  wanted: z.nullable(z.enum(['up', 'down'])),
  state: z.enum(['ready', 'up', 'starting', 'stopping', 'backoff', 'failed', 'down', 'unsupervised', 'missing']),
  ready: z.boolean(),
  pid: z.nullable(z.int()),
  since: z.nullable(moment),
  ready_since: z.nullable(moment),
  deaths: z.int(),
  last_exit: z.nullable(z.object({ code: z.nullable(z.int()), signal: z.nullable(z.string()) })),
  drift: z.nullable(z.string()),
  next_try: z.nullable(moment),
  first_death: z.nullable(moment),
});

/** What `hermes gateway status --json` prints. */
export default answer('gateway.status', { manager: z.literal('s6'), gateways: z.array(gateway), errors: z.optional(z.array(z.object({ profile: z.string(), ...failure.shape }))) });
