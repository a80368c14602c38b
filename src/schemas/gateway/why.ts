import * as z from 'zod/mini';
import { answer, moment, wish } from '../answer.ts';
import { gateway } from './status.ts';

const boot = z.object({
  kind: z.literal('boot'),
  at: moment,
  action: z.string(),
  prior_state: z.nullable(z.string()),
  reason: z.nullable(z.string()),
});
const command = z.object({
  kind: z.literal('command'),
  /** When it was given. */
  at: moment,
  action: z.string(),
  actor: z.object({ user: z.string(), uid: z.number(), via: z.string() }),
  reason: z.nullable(z.string()),
  outcome: z.string(),
  seconds: z.number(),
  error: z.nullable(z.string()),
});
const death = z.object({
  kind: z.literal('death'),
  at: moment,
  code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  /** Whether a command of ours ended it. */
  asked: z.boolean(),
  /** The runner's own last words. */
  reason: z.nullable(z.string()),
  log: z.object({ file: z.string(), from: moment, to: moment }),
});
const count = z.nullable(z.int());

/** What `hermes gateway why --json` prints; events oldest first. */
export default answer('gateway.why', {
  gateway,
  wanted: wish,
  events: z.array(z.discriminatedUnion('kind', [boot, command, death])),
  memory_kills: z.object({ here: count, machine: count }),
  why: z.string(),
  next: z.string(),
});
