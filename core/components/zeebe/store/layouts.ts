import type { ToldId } from '../../backup-id.ts';

/**
 * Where a store keeps its files. Every partition has a folder for each backup, with a folder for each broker that took
 * part: after a change of the leader there may be several.
 */
export interface Layout {
  /** The folder with a folder for each partition. */
  partitions: string;
  /** The folder of a partition. */
  ids: (partition: number) => string;
  /** The folder with a folder for each broker, which has the manifest. */
  manifests: (partition: number, backupId: ToldId) => string;
  /** The folder of a broker's files: `snapshot/…` and `segments/…`. */
  contents: (partition: number, backupId: ToldId, node: string) => string;
}

/** S3 until 8.8. From 8.9 on, brokers still read it, and write the other one. */
const beside: Layout = {
  partitions: '',
  ids: (partition) => `${partition}/`,
  manifests: (partition, backupId) => `${partition}/${backupId}/`,
  contents: (partition, backupId, node) => `${partition}/${backupId}/${node}/`,
};

/** S3 from 8.9 on, and every version of the other stores. */
const apart: Layout = {
  partitions: 'manifests/',
  ids: (partition) => `manifests/${partition}/`,
  manifests: (partition, backupId) => `manifests/${partition}/${backupId}/`,
  contents: (partition, backupId, node) => `contents/${partition}/${backupId}/${node}/`,
};

export const layouts = [apart, beside];

export const manifestName = 'manifest.json';
