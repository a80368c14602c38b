import * as z from 'zod/mini';
import { answer } from './answer.ts';

const finding = z.object({
  check: z.string(),
  level: z.enum(['problem', 'warning']),
  profile: z.nullable(z.string()),
  what: z.string(),
  evidence: z.string(),
  /** One command that ends it. */
  fix: z.nullable(z.string()),
  /** Whether --fix has ended it. */
  fixed: z.boolean(),
});

/** What `hermes doctor --json` prints; the environment is names, never values. */
export default answer('doctor', {
  healthy: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), evidence: z.string() })),
  findings: z.array(finding),
  environment: z.object({
    source: z.string(),
    names: z.array(z.string()),
    profiles: z.array(z.object({ profile: z.string(), names: z.array(z.string()) })),
  }),
});
