import * as z from 'zod/mini';

/** The schema of what a command prints under `--json`: its name (`gateway.status`) and version, and its own keys. */
export function answer<Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  return z.object({ schema: z.literal(`hermes.${name}/1`), ...shape });
}

/** A moment, ISO 8601 in UTC. */
export const moment = z.iso.datetime();

/** Why something failed: an allow-list of keys, never argv. */
export const failure = z.object({
  code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/)),
  message: z.string(),
  hint: z.nullable(z.string()),
  retryable: z.boolean(),
});

/** What became of one gateway that was to start, stop or restart. */
export const transition = z.object({
  profile: z.string(),
  outcome: z.enum(['done', 'already', 'failed', 'timeout']),
  pid: z.nullable(z.int()),
  seconds: z.number(),
  error: z.nullable(failure),
  note: z.nullable(z.string()),
  log: z.nullable(z.object({ file: z.string(), from: moment, to: moment })),
});

/** What is wanted of a gateway, and who said so. */
export const wish = z.object({
  state: z.nullable(z.enum(['up', 'down'])),
  at: z.nullable(moment),
  by: z.nullable(z.string()),
  reason: z.nullable(z.string()),
});

/** What a boot pass did about one profile. */
export const bootAction = z.object({
  profile: z.string(),
  prior_state: z.nullable(z.string()),
  action: z.enum(['started', 'registered', 'skipped', 'failed']),
  reason: z.nullable(z.string()),
});
