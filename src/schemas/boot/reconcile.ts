import * as z from 'zod/mini';
import { answer } from '../answer.ts';

const action = z.object({
  profile: z.string(),
  prior_state: z.nullable(z.string()),
  action: z.enum(['started', 'registered', 'skipped', 'failed']),
  reason: z.nullable(z.string()),
});

/** What `hermes boot reconcile --json` prints. */
export default answer('boot.reconcile', {
  role: z.enum(['gateway', 'dashboard']),
  dry_run: z.boolean(),
  actions: z.array(action),
});
