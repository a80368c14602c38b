import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What the hidden `hermes autocomplete names --json` prints. */
export default answer('autocomplete.names', { names: z.array(z.string()) });
