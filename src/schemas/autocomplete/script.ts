import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What the hidden `hermes autocomplete script --json` prints. */
export default answer('autocomplete.script', { shell: z.enum(['bash', 'zsh']), setup: z.string() });
