import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes gateway stop --json` prints, for one target as for many. */
export default answer('gateway.stop', { results: z.array(transition) });
