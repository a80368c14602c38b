import * as z from 'zod/mini';
import { answer } from './answer.ts';

/** What `hermes autocomplete --json` prints. */
export default answer('autocomplete', { shell: z.enum(['bash', 'zsh']), setup: z.string() });
