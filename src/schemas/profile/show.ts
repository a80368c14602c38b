import * as z from 'zod/mini';
import { answer, wish } from '../answer.ts';

const config = z.object({
  command: z.nullable(z.array(z.string())),
  notify: z.boolean(),
  mode: z.enum(['host', 'exec']),
  stop_timeout_s: z.number(),
});

/** What `hermes profile show --json` prints: of variables never the values; `troubles` say what could not be read. */
export default answer('profile.show', {
  name: z.string(),
  home: z.string(),
  port: z.nullable(z.int()),
  config: z.nullable(config),
  variables: z.array(z.object({ name: z.string(), source: z.string() })),
  wanted: wish,
  slot: z.nullable(z.string()),
  logs: z.object({ gateway: z.string(), boot: z.string(), lifecycle: z.string() }),
  troubles: z.array(z.string()),
});
