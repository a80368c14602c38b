import assert from 'node:assert/strict';
import type * as z from 'zod/mini';

/**
 * The one object that `--json` printed, held against the schema that it names: nothing missing, nothing more, on one
 * line. Throws an AssertionError or zod's own error.
 */
export async function parseAnswer(stdout: string): Promise<Record<string, unknown>> {
  assert.match(stdout, /^\{.*\}\n$/, 'exactly one object on one line');
  const given = JSON.parse(stdout) as Record<string, unknown>;
  const [, name] =
    /^hermes\.([a-z.-]+)\/1$/.exec(String(given['schema'])) ?? assert.fail(`no schema in ${stdout}`);
  const file = `../../src/schemas/${String(name).replaceAll('.', '/')}.ts`;
  const { default: schema } = (await import(file)) as { default: z.ZodMiniType };
  assert.deepEqual(schema.parse(given), given);
  return given;
}
