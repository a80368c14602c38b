import * as z from 'zod/mini';
import { answer, bootAction } from '../answer.ts';

/** What `hermes boot reconcile --json` prints. */
export default answer('boot.reconcile', {
  role: z.enum(['gateway', 'dashboard']),
  dry_run: z.boolean(),
  actions: z.array(bootAction),
});
