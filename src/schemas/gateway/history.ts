import * as z from 'zod/mini';
import { entrySchema } from '../../lib/gateway/journal-entry.ts';
import { answer, moment } from '../answer.ts';

const entry = z.extend(entrySchema, { at: moment, pid: z.nullable(z.int()) });

/** What `hermes gateway history --json` prints, oldest first. */
export default answer('gateway.history', { entries: z.array(entry) });
