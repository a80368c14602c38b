import * as z from 'zod/mini';
import { answer, transition } from '../answer.ts';

/** What `hermes profile create --json` prints; `start` is null without `--start`, `clone` without `--clone`. */
export default answer('profile.create', {
  name: z.string(),
  home: z.string(),
  port: z.nullable(z.int()),
  registered: z.boolean(),
  clone: z.nullable(
    z.object({
      from: z.string(),
      left_out: z.array(z.object({ file: z.enum(['.env', 'config.yaml']), name: z.string() })),
    }),
  ),
  start: z.nullable(transition),
});
