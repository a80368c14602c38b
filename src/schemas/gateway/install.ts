import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes gateway install --json` prints. */
export default answer('gateway.install', { manager: z.literal('s6'), message: z.string() });
