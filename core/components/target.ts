import * as z from 'zod';
import { kinds, targets } from './kinds.ts';

/**
 * Where one component is and how it is backed up: plain JSON, a part of the plan, no secret in it. PrepareBackup
 * wrote targets without `kind` until 0.1.0; an execution that such a plan began goes on with the functions of today.
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
