import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes profile create --json` prints; `start` is null without `--start`. */
export default answer('profile.create', {
  name: z.string(),
  home: z.string(),
  port: z.int(),
  registered: z.boolean(),
  start: z.nullable(transition),
});
