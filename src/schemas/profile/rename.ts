import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes profile rename --json` prints; `start` is null where the gateway was not to come up again. */
export default answer('profile.rename', {
  from: z.string(),
  name: z.string(),
  home: z.string(),
  registered: z.boolean(),
  start: z.nullable(transition),
});
