import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';

/**
 * Reads an input without the fields that this version does not know, wherever they are: a newer version may have added
 * them. Fields below the path `strictly` are not ignored, because a person may have misspelt them.
 */
export function readInput<Input>(
  schema: z.ZodType<Input>,
  raw: unknown,
  strictly?: string,
): z.ZodSafeParseResult<Input> {
  const parsed = schema.safeParse(raw);
  const unknown = (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' && (strictly === undefined || issue.path[0] !== strictly)
      ? [issue]
      : [],
  );
  const known = unknown.reduce((value, { path, keys }) => without(keys, value, path), raw);
  return isDeepStrictEqual(known, raw) ? parsed : readInput(schema, known, strictly);
}

/** Copies a value, and omits these fields of the object at the path. */
function without(keys: string[], value: unknown, [step, ...rest]: PropertyKey[]): unknown {
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => (index === step ? without(keys, one, rest) : one));
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    step === undefined
      ? fields.filter(([key]) => !keys.includes(key))
      : fields.map(([key, one]) => [key, key === step ? without(keys, one, rest) : one]),
  );
}
