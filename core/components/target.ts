import * as z from 'zod';
import { connectionSettings } from '../connect/address.ts';
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

/** Where exporting is paused and resumed, and read back. */
export const exportingTarget = z.strictObject({
  url: z.string(),
  ...connectionSettings,
  /** Management addresses of the brokers; the one address above where they are not configured. */
  brokers: z.array(z.string()).min(1),
  /** The REST API, where it said what exporting does when the backup was prepared. */
  rest: z.strictObject({ url: z.string(), ...connectionSettings }).optional(),
  partitions: z.int(),
  /** One of them showed all phases when the backup was prepared: so they are asked until one does again. */
  provable: z.boolean(),
  /** The configuration allows to back up although somebody else had paused already. */
  mayBePausedBefore: z.literal(true).optional(),
});
export type ExportingTarget = z.infer<typeof exportingTarget>;
