import * as z from 'zod';

/** What `verify` looks at, each by the name that its judgements have. */
export const evidenceNames = [
  /** The manifest in the ledger: the backup is COMPLETED, and has every component. */
  'manifest',
  /** Each component's own word about its backup. */
  'components',
  /** The snapshots in the repository of the search engine. */
  'snapshots',
  /** Zeebe's partitions, as Zeebe reports them. */
  'partitions',
  /** The manifests and files in Zeebe's backup store. */
  'store',
  /** The contents of the snapshot files in that store; they are read only if this is asked for. */
  'data',
  /** The copies of that store's files in another bucket. */
  'replication',
  /** The order of what happened in the backup. */
  'times',
  /** The order of Optimize's two snapshots. */
  'optimizeOrder',
  /** Versions of Camunda whose backups are known to lack something. */
  'versions',
] as const;
export type EvidenceName = (typeof evidenceNames)[number];

/** The settings of the verification of a cluster's backups. */
export const verify = z.strictObject({
  /** What must be known. Without this, it is everything to which the configuration gives access. */
  require: z
    .array(z.enum(evidenceNames))
    .optional()
    .meta({ example: '[components, snapshots, partitions, store]' }),
});
