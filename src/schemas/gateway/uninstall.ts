import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes gateway uninstall --json` prints. */
export default answer('gateway.uninstall', { manager: z.literal('s6'), message: z.string() });
