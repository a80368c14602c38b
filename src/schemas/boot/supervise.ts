import * as z from 'zod/mini';
import { answer } from '../answer.ts';

/** What `hermes boot supervise --json` prints when the tree has ended. */
export default answer('boot.supervise', { home: z.string(), scandir: z.string() });
