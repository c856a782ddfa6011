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
  /** Text where it is beyond 2^53: a number would be rounded. */
  checkpointPosition: z.union([z.number(), z.string()]).optional(),
  snapshotId: z.string().optional(),
});

/** What is written of one component's backup: the intent before its start, the parts at its end. */
export const componentEntry = z.strictObject({
  component: z.enum(componentNames),
  runId: z.string(),
  state: z.enum(['REQUESTED', 'STARTED', 'COMPLETED', 'FAILED']),
  version: z.string().optional(),
  /** Without credentials. */
  url: z.string(),
  requestedAt: z.iso.datetime(),
  /** The component refused the last request: what it has under this id is not this run's. */
  refused: z.literal(true).optional(),
  /** It refused because another backup is running, while its own list showed none at work. */
  nothingAtWork: z.literal(true).optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** What the component said it would take: a restore needs exactly these snapshots. */
  scheduledSnapshots: z.array(z.string()).optional(),
  parts: z.array(part).optional(),
  /** Of Zeebe: a restore needs the same number. */
  partitions: z.int().optional(),
  /** Of the records. */
  repository: z.string().optional(),
  indexPattern: z.string().optional(),
  indices: z.array(z.string()).optional(),
  failure: z.string().optional(),
});
export type ComponentEntry = z.infer<typeof componentEntry>;

const failure = z.strictObject({
  error: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});
export type Failure = z.infer<typeof failure>;

/** One backup, as it is written down; a restore needs nothing else. */
export const manifest = z.strictObject({
  format: z.literal(1),
  backupId: madeId,
  cluster: z.string(),
  runId: z.string(),
  reason: z.string(),
  /** The moment of the schedule that it was made for. */
  scheduledTime: z.string().optional(),
  /** Which try of its run it is; the first where it is absent. */
  attempt: z.int().positive().optional(),
  /** The failed backup of the same run that this one was tried after. */
  replaces: madeId.optional(),
  state: z.enum(['RUNNING', 'COMPLETED', 'FAILED']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  /** Version of Zeebe: what a restore must match. Of a complete backup, as its brokers said. */
  camundaVersion: z.string().optional(),
  /** What the configuration says of the version, where Zeebe itself did not say it before the backup. */
  configuredVersion: z.string().optional(),
  /** The components that belong to this backup: COMPLETED means all of them. */
  expectedComponents: z.array(z.enum(componentNames)),
  components: z.array(componentEntry),
  exporting: z.strictObject({
    pausedAt: z.iso.datetime().optional(),
    pauseProof: proof.optional(),
    /**
     * When every partition was read, after Zeebe's backup was complete, and the pause had lasted until then. A complete
     * backup without it has a warning.
     */
    pauseHeldAt: z.iso.datetime().optional(),
    resumedAt: z.iso.datetime().optional(),
    resumeProof: proof.optional(),
    /** True when exporting may still be paused because of this backup. */
    leftPaused: z.boolean(),
  }),
  warnings: z.array(z.string()),
  failure: failure.optional(),
});
export type Manifest = z.infer<typeof manifest>;
