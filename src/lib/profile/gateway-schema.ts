import * as z from 'zod/mini';

const port = z
  .int('must be a whole number from 1 to 65535')
  .check(
    z.minimum(1, 'must be a whole number from 1 to 65535'),
    z.maximum(65535, 'must be a whole number from 1 to 65535'),
  );
const argument = z
  .string('must be a text')
  .check(z.refine((text) => !text.includes('\0'), 'must not contain a NUL character'));
const argvRule = 'must be a list of texts, the program first: [python3, -m, agent]';
const argv = z
  .array(argument, argvRule)
  .check(z.refine((words) => words.length > 0 && words[0] !== '', argvRule));

/** The `gateway:` section as it is written in config.yaml; loaded for files that somebody has edited. */
export const gatewaySchema = z.strictObject(
  {
    port: z.optional(port),
    command: z.optional(argv),
    notify: z.optional(z.boolean('must be true or false')),
    mode: z.optional(z.enum(['host', 'exec'], 'must be "host" or "exec"')),
    stop_timeout: z.optional(
      z
        .number('must be a number of seconds above 0, at most 3600')
        .check(
          z.positive('must be a number of seconds above 0, at most 3600'),
          z.maximum(3600, 'must be a number of seconds above 0, at most 3600'),
        ),
    ),
  },
  'must be a section with keys',
);
