import * as z from 'zod';
import { madeId } from './camunda/backup-id.ts';
import { limits, progress } from './progress.ts';
import { auth } from './secrets.ts';

/**
 * The plan of one backup: plain JSON, made by PrepareBackup, carried through the execution, no secret in it.
 * Everything that was decided at the start (addresses, endpoints, order) stays as it was decided then.
 */

/** Which backup of which run: what every state needs. */
export const run = z.strictObject({
  cluster: z.string(),
  backupId: madeId,
  /** The execution: an ARN, or `local-…`. The lock names it as its owner. */
  runId: z.string(),
});
export type Run = z.infer<typeof run>;

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

export const plan = z.strictObject({
  outcome: z.literal('PLANNED'),
  run,
  reason: z.string(),
  scheduledTime: z.string().optional(),
  /** Which try this is, and how many there may be. */
  attempt: z.int().positive(),
  attempts: z.int().positive(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  exporting: exportingTarget,
  applications: z.array(camundaTarget),
  /** One, or none. */
  records: z.array(recordsTarget).max(1),
  /** Always one; a list because all three are backed up by the same kind of state. */
  zeebe: z.array(camundaTarget).length(1),
  limits,
});
export type Plan = z.infer<typeof plan>;

/** One component's backup: what its Start, Wait and Check states hand to each other. */
export const task = <Target extends z.ZodType>(target: Target) => z.strictObject({ run, target, limits });
export const runningTask = <Target extends z.ZodType>(target: Target) =>
  z.strictObject({ run, target, limits, progress });
