import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes gateway health --json` prints. */
export default answer('gateway.health', { healthy: z.boolean(), reasons: z.array(z.string()) });
