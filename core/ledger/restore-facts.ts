import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { componentNames } from '../components/kinds.ts';
import { finding } from './finding.ts';

/**
 * The facts that a restore needs and that are not in the manifest. They have their own documents of format 2, because
 * readers of the manifest refuse unknown fields (docs/decisions/0015-restore-facts.md). The value of a missing field is
 * not known.
 */
const head = { format: z.literal(2), cluster: z.string(), backupId: madeId, runId: z.string() };

/** A fact that could not be read. */
const gap = z.strictObject({
  /** Such as `policies`, or `the shards of operate before its snapshots`. */
  what: z.string(),
  why: z.string(),
  /** The missing privilege of the search engine's user, if that is the reason. */
  needs: z.string().optional(),
  /** The answer took too long, so exporting was paused for longer. No more shards are counted in this backup then. */
  late: z.literal(true).optional(),
});
export type Gap = z.infer<typeof gap>;

/** The backup store of the brokers. Only one of the fields is set. */
const zeebeStore = z.strictObject({
  s3: z
    .strictObject({
      bucket: z.string(),
      basePath: z.string().optional(),
      region: z.string().optional(),
      endpoint: z.string().optional(),
    })
    .optional(),
  gcs: z.strictObject({ bucket: z.string(), basePath: z.string().optional() }).optional(),
  azure: z.strictObject({ container: z.string(), endpoint: z.string().optional() }).optional(),
  folder: z.string().optional(),
});

/** CLUSTER/backups/ID/restore.json */
export const restoreFacts = z.strictObject({
  ...head,
  /** The findings before the backup that did not refuse it. */
  findings: z.array(finding),
  zeebe: z
    .strictObject({
      version: z.string().optional(),
      partitions: z.int(),
      /** The number of brokers. */
      clusterSize: z.int(),
      /** Absent if the partitions have different ones. */
      replicationFactor: z.int().optional(),
      brokerIds: z.array(z.string()),
      /** The physical tenant (8.10), if the cluster names one. */
      tenant: z.string().optional(),
      /** The store from the configuration of camunda-backup, because no server shows it. */
      store: zeebeStore.optional(),
    })
    .optional(),
  applications: z.array(
    z.strictObject({ component: z.enum(componentNames), version: z.string().optional() }),
  ),
  search: z
    .strictObject({
      engine: z.enum(['elasticsearch', 'opensearch']),
      version: z.string().optional(),
      nodes: z
        .array(z.strictObject({ name: z.string(), version: z.string(), roles: z.array(z.string()) }))
        .optional(),
      repository: z.strictObject({
        name: z.string(),
        type: z.string().optional(),
        /** The settings as the engine shows them, without those that may be secret. */
        settings: z.record(z.string(), z.string()).optional(),
        /** The names of the settings that are omitted. */
        omittedSettings: z.array(z.string()).optional(),
      }),
      templates: z
        .strictObject({ index: z.array(z.string()).optional(), component: z.array(z.string()).optional() })
        .optional(),
      /** `absent` means that the engine has no such feature. */
      policies: z.union([z.array(z.string()), z.literal('absent')]).optional(),
      /** The prefixes of the indices in the snapshots, by family; '' means no prefix. */
      prefixes: z.record(z.string(), z.array(z.string())).optional(),
    })
    .optional(),
  /** When the search engine was asked for the contents of the snapshots, after exporting was resumed. */
  describedAt: z.iso.datetime().optional(),
  unknown: z.array(gap),
});
export type RestoreFacts = z.infer<typeof restoreFacts>;

/** By index, for each primary: `[shard, last sequence number, documents in the last commit, its last number]`. */
const counts = z.record(z.string(), z.array(z.tuple([z.int(), z.int(), z.int(), z.int()])));
export type Counts = z.infer<typeof counts>;

const counted = z.strictObject({ at: z.iso.datetime(), counts });

const shardInSnapshot = z.strictObject({
  shard: z.int(),
  files: z.int().optional(),
  bytes: z.int().optional(),
  /**
   * The number of documents in the shard's last commit after the snapshot. The snapshot makes that commit, which stays
   * until the next flush. Without a flush in between, `documents` and `maxSeqNo` are the values in the snapshot.
   */
  documents: z.int().optional(),
  maxSeqNo: z.int().optional(),
  /** The last sequence numbers before and after the snapshot. The number in the snapshot is between them. */
  before: z.int().optional(),
  after: z.int().optional(),
});

const snapshot = z.strictObject({
  name: z.string(),
  repository: z.string(),
  uuid: z.string().optional(),
  /** The version of the engine that took it. */
  version: z.string().optional(),
  /** The moments at which the shards were counted. */
  countedBefore: z.iso.datetime().optional(),
  countedAfter: z.iso.datetime().optional(),
  shards: z.int().optional(),
  files: z.int().optional(),
  /** The size of a restore. */
  bytes: z.int().optional(),
  indices: z.array(z.strictObject({ index: z.string(), shards: z.array(shardInSnapshot) })),
});
export type SnapshotFacts = z.infer<typeof snapshot>;

/** CLUSTER/backups/ID/snapshots/COMPONENT.json */
export const snapshotFacts = z.strictObject({
  ...head,
  component: z.enum(componentNames),
  /** The counts just before the component was asked for its backup. */
  before: counted.optional(),
  /** The counts when these snapshots were first seen to have ended. */
  after: z.array(counted.extend({ snapshots: z.array(z.string()) })),
  /** All facts about each snapshot. They include `before` and `after`, which are removed then. */
  snapshots: z.array(snapshot).optional(),
  unknown: z.array(gap),
});
export type ComponentSnapshots = z.infer<typeof snapshotFacts>;
