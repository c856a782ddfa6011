import * as z from 'zod';
import { kinds, targets } from './kinds.ts';

/**
 * The place of one component and the way to back it up. It is plain JSON, a part of the plan, and contains no secret.
 * Until 0.1.0, PrepareBackup wrote targets without `kind`, and an execution that began then may continue with today's
 * functions (docs/decisions/0021-targets-by-kind.md).
 */
export const target = withOrWithoutKind(z.discriminatedUnion('kind', targets));
export type Target = z.infer<typeof target>;

export function withOrWithoutKind<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(withKind, schema);
}

const withoutKind = z.looseObject({ kind: z.undefined().optional(), component: z.string() });

function withKind(input: unknown): unknown {
  const { data } = withoutKind.safeParse(input);
  const found = data && Object.entries(kinds).find(([, { titles }]) => data.component in titles);
  return found ? { ...data, kind: found[0] } : input;
}
