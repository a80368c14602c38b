import * as z from 'zod/mini';
import { answer } from './answer.ts';

/** What `hermes completion --json` prints. */
export default answer('completion', { shell: z.enum(['bash', 'zsh']), script: z.string() });
