import * as z from 'zod/mini';
import { answer } from '../answer.ts';

const profile = z.object({
  name: z.string(),
  home: z.string(),
  port: z.nullable(z.int()),
  registered: z.boolean(),
});

/** What `hermes profile list --json` prints. */
export default answer('profile.list', { profiles: z.array(profile) });
