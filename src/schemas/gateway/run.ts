import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes gateway run --json` prints when the gateway has ended. */
export default answer('gateway.run', {
  profile: z.string(),
  state: z.string(),
  reason: z.string(),
  exit: z.int(),
});
