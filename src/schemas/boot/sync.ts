import * as z from 'zod/mini';
import { answer, bootAction } from '../answer.ts';

/** What `hermes boot sync --json` prints; `retired`: profiles that are gone and whose slots were taken away. */
export default answer('boot.sync', {
  role: z.enum(['gateway', 'dashboard']),
  dry_run: z.boolean(),
  actions: z.array(bootAction),
  retired: z.array(z.string()),
});
