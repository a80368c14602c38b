import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes gateway command --json` prints. */
export default answer('gateway.command', { profile: z.string(), command: z.string(), pause_s: z.int() });
