import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes profile delete --json` prints; `kept` is what a linked home led to. */
export default answer('profile.delete', { name: z.string(), home: z.string(), kept: z.nullable(z.string()) });
