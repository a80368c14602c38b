import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes gateway restart --json` prints, for one target as for many. */
export default answer('gateway.restart', {
  results: z.array(transition),
  untouched: z.optional(z.array(z.string())),
});
