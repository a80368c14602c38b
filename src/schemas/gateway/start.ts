import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes gateway start --json` prints, for one target as for many. */
export default answer('gateway.start', { results: z.array(transition) });
