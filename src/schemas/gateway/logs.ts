import * as z from 'zod/mini';
import { answer, moment } from '../answer.ts';

/** Each line that `hermes gateway logs --json` prints. */
export default answer('gateway.logs', { profile: z.string(), at: z.nullable(moment), text: z.string() });
