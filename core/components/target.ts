import * as z from 'zod';
import { auth } from '../connect/authenticate.ts';

const paced = { expectedSeconds: z.number().optional() };

/** A component with a management API. */
export const camundaTarget = z.strictObject({
  component: z.enum(['zeebe', 'webApplications', 'operate', 'tasklist', 'optimize']),
  url: z.string(),
  auth: auth.optional(),
  /** Below `/actuator`: `backupRuntime`, `backupHistory`, `backups`. */
  path: z.string(),
  version: z.string().optional(),
  /** Of Zeebe. */
  partitions: z.int().optional(),
  ...paced,
});
export type CamundaTarget = z.infer<typeof camundaTarget>;

export const recordsTarget = z.strictObject({
  component: z.literal('records'),
  engine: z.enum(['elasticsearch', 'opensearch']),
  url: z.string(),
  auth: auth.optional(),
  repository: z.string(),
  /** Such as `zeebe-record*`. */
  indexPattern: z.string(),
  version: z.string().optional(),
  ...paced,
});
export type RecordsTarget = z.infer<typeof recordsTarget>;

/** Where exporting is paused and resumed, and read back. */
export const exportingTarget = z.strictObject({
  url: z.string(),
  auth: auth.optional(),
  /** Management addresses of the brokers; the one address above where they are not configured. */
  brokers: z.array(z.string()).min(1),
  /** The REST API, where it said what exporting does when the backup was prepared. */
  rest: z.strictObject({ url: z.string(), auth: auth.optional() }).optional(),
  partitions: z.int(),
  /** One of them showed all phases when the backup was prepared: so they are asked until one does again. */
  provable: z.boolean(),
  /** The configuration allows to back up although somebody else had paused already. */
  mayBePausedBefore: z.literal(true).optional(),
});
export type ExportingTarget = z.infer<typeof exportingTarget>;
