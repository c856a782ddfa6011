import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { componentNames } from '../components/kinds.ts';
import { proof } from './lock/lock.ts';

const part = z.strictObject({
  name: z.string(),
  state: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  failure: z.string().optional(),
  brokerVersion: z.string().optional(),
  /** A text if the value is above 2^53, because a number would be rounded. */
  checkpointPosition: z.union([z.number(), z.string()]).optional(),
  snapshotId: z.string().optional(),
});

/** The record of one component's backup. It is created before the start; the parts are added at the end. */
export const componentEntry = z.strictObject({
  component: z.enum(componentNames),
  runId: z.string(),
  state: z.enum(['REQUESTED', 'STARTED', 'COMPLETED', 'FAILED']),
  version: z.string().optional(),
  /** The address, without credentials. */
  url: z.string(),
  requestedAt: z.iso.datetime(),
  /** The component refused the last request. A backup that it has under this id is not this run's. */
  refused: z.literal(true).optional(),
  /** It refused because of a concurrent backup, although its own list showed none in progress. */
  nothingAtWork: z.literal(true).optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** The snapshots that the component announced. A restore needs exactly these. */
  scheduledSnapshots: z.array(z.string()).optional(),
  parts: z.array(part).optional(),
  /** The number of Zeebe's partitions. A restore needs the same number. */
  partitions: z.int().optional(),
  /** The snapshot repository of the records. */
  repository: z.string().optional(),
  indexPattern: z.string().optional(),
  indices: z.array(z.string()).optional(),
  failure: z.string().optional(),
});
export type ComponentEntry = z.infer<typeof componentEntry>;

export const failure = z.strictObject({
  error: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});
export type Failure = z.infer<typeof failure>;

/** The record of one backup. restore-facts.ts has further facts for a restore. */
export const manifest = z.strictObject({
  format: z.literal(1),
  backupId: madeId,
  cluster: z.string(),
  runId: z.string(),
  reason: z.string(),
  /** The scheduled moment of the backup. */
  scheduledTime: z.string().optional(),
  /** The number of the run's try; absent means the first one. */
  attempt: z.int().positive().optional(),
  /** The failed backup of the same run that this one replaces. */
  replaces: madeId.optional(),
  state: z.enum(['RUNNING', 'COMPLETED', 'FAILED']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  /** The version of Zeebe, which a restore must match. In a complete backup it comes from the brokers. */
  camundaVersion: z.string().optional(),
  /** The configured version, if Zeebe did not report its version before the backup. */
  configuredVersion: z.string().optional(),
  /** The components that belong to this backup. COMPLETED means that all of them are complete. */
  expectedComponents: z.array(z.enum(componentNames)),
  components: z.array(componentEntry),
  exporting: z.strictObject({
    pausedAt: z.iso.datetime().optional(),
    pauseProof: proof.optional(),
    /**
     * The moment after Zeebe's backup at which every partition was read and was still paused. A complete backup without
     * it has a warning.
     */
    pauseHeldAt: z.iso.datetime().optional(),
    resumedAt: z.iso.datetime().optional(),
    resumeProof: proof.optional(),
    /** True if exporting may still be paused because of this backup. */
    leftPaused: z.boolean(),
  }),
  warnings: z.array(z.string()),
  failure: failure.optional(),
});
export type Manifest = z.infer<typeof manifest>;
