import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { componentNames } from '../components/kinds.ts';
import { finding } from './finding.ts';

/**
 * What a restore needs and the manifest does not say: format 2 of what is written down about a backup. It stands beside
 * the manifest, whose readers refuse what they do not know (docs/decisions/0015-restore-facts.md). A field that is not there is
 * not known.
 */
const head = { format: z.literal(2), cluster: z.string(), backupId: madeId, runId: z.string() };

/** Something that could not be read. */
const gap = z.strictObject({
  /** Such as `policies`, or `the shards of operate before its snapshots`. */
  what: z.string(),
  why: z.string(),
  /** Which privilege the user of the search engine lacks, where that is why. */
  needs: z.string().optional(),
});
export type Gap = z.infer<typeof gap>;

/** Where the brokers keep their backups; one of these. */
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
  /** What was noticed before the backup began and did not refuse it. */
  findings: z.array(finding),
  zeebe: z
    .strictObject({
      version: z.string().optional(),
      partitions: z.int(),
      /** The number of brokers. */
      clusterSize: z.int(),
      /** Not known where the partitions differ in it. */
      replicationFactor: z.int().optional(),
      brokerIds: z.array(z.string()),
      /** The physical tenant (8.10), where the cluster names one. */
      tenant: z.string().optional(),
      /** As the configuration of camunda-backup says it: no server shows it. */
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
        /** Texts, as the engine shows them; none that may be a secret. */
        settings: z.record(z.string(), z.string()).optional(),
        /** The names of the settings that are left out. */
        omittedSettings: z.array(z.string()).optional(),
      }),
      templates: z.strictObject({ index: z.array(z.string()), component: z.array(z.string()) }).optional(),
      /** `absent`: the engine manages no indices over time. */
      policies: z.union([z.array(z.string()), z.literal('absent')]).optional(),
      /** What the names of the indices in the snapshots begin with, by family; '' is no prefix. */
      prefixes: z.record(z.string(), z.array(z.string())).optional(),
    })
    .optional(),
  /** When the search engine was asked for what is in the snapshots, after exporting was resumed. */
  describedAt: z.iso.datetime().optional(),
  unknown: z.array(gap),
});
export type RestoreFacts = z.infer<typeof restoreFacts>;

/** Of every index and primary shard `[shard, last sequence number, documents in the last commit, its last number]`. */
const counts = z.record(z.string(), z.array(z.tuple([z.int(), z.int(), z.int(), z.int()])));
export type Counts = z.infer<typeof counts>;

const counted = z.strictObject({ at: z.iso.datetime(), counts });

const shardInSnapshot = z.strictObject({
  shard: z.int(),
  files: z.int().optional(),
  bytes: z.int().optional(),
  /**
   * In the last commit of the shard after the snapshot. A snapshot makes that commit, and it stays until the next flush:
   * these are the documents, and the last sequence number, in the snapshot, unless there was a flush in between.
   */
  documents: z.int().optional(),
  maxSeqNo: z.int().optional(),
  /** The last sequence number before the snapshot began and after it had ended: that of the snapshot lies between. */
  before: z.int().optional(),
  after: z.int().optional(),
});

const snapshot = z.strictObject({
  name: z.string(),
  repository: z.string(),
  uuid: z.string().optional(),
  /** Of the engine that took it. */
  version: z.string().optional(),
  /** When the shards were counted. */
  countedBefore: z.iso.datetime().optional(),
  countedAfter: z.iso.datetime().optional(),
  shards: z.int().optional(),
  files: z.int().optional(),
  /** What a restore brings back. */
  bytes: z.int().optional(),
  indices: z.array(z.strictObject({ index: z.string(), shards: z.array(shardInSnapshot) })),
});
export type SnapshotFacts = z.infer<typeof snapshot>;

/** CLUSTER/backups/ID/snapshots/COMPONENT.json */
export const snapshotFacts = z.strictObject({
  ...head,
  component: z.enum(componentNames),
  /** The shards as they were just before the component was asked for its backup. */
  before: counted.optional(),
  /** The shards as they were when these snapshots were first seen to have ended. */
  after: z.array(counted.extend({ snapshots: z.array(z.string()) })),
  /** All that is known of each snapshot. Then `before` and `after` are in it, and stand here no more. */
  snapshots: z.array(snapshot).optional(),
  unknown: z.array(gap),
});
export type ComponentSnapshots = z.infer<typeof snapshotFacts>;
