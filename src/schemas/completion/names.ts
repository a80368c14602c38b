import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What the hidden `hermes completion names --json` prints. */
export default answer('completion.names', { names: z.array(z.string()) });
