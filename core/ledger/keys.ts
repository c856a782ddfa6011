import type { ComponentName } from '../components/kinds.ts';

/*
 * Where the documents of the ledger are (`import * as keys`). The ledger finds them by these keys, and with `*` for every
 * part a key is the pattern of the permissions that a function has.
 *
 * The file of the watchdog's memory keeps its first name, alerts.json: under another one, an update would forget what is
 * still to be told.
 */

type Cluster = string;
type BackupId = number | '*';
/** An instant as ISO 8601 has it. */
type Instant = string;

/** Everything of a cluster. */
export const all = (cluster: Cluster) => `${cluster}/`;

/** The lock, or who gave it back last. */
export const lock = (cluster: Cluster) => `${cluster}/lock.json`;

/** A lock that a repair has set aside. */
export const lockAside = (cluster: Cluster, at: Instant) => `${cluster}/lock.unreadable-${compact(at)}.json`;

/** When the run that holds the lock was last seen alive; outside AWS. */
export const heartbeat = (cluster: Cluster) => `${cluster}/heartbeat.json`;

/** The watchdog's memory: what it has told, and what people are still to be told. */
export const memory = (cluster: Cluster) => `${cluster}/alerts.json`;

/** A memory that the watchdog has set aside. */
export const memoryAside = (cluster: Cluster, at: Instant) =>
  `${cluster}/alerts.unreadable-${compact(at)}.json`;

/** What a person made `repair` do that no run explains. */
export const intervention = (cluster: Cluster, id: string) => `${cluster}/interventions/${id}.json`;

/** Everything of a cluster's backups; the next part of a key is the id. */
export const backups = (cluster: Cluster) => `${cluster}/backups/`;

export const manifest = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/manifest.json`;

/** What the run writes of one component; part of the manifest in the end. */
export const entry = (cluster: Cluster, id: BackupId, component: ComponentName | '*') =>
  `${backups(cluster)}${id}/components/${component}.json`;

/** What a restore needs beside the manifest. */
export const restoreFacts = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/restore.json`;

/** The same of a component's snapshots, down to their shards. */
export const snapshots = (cluster: Cluster, id: BackupId, component: ComponentName | '*') =>
  `${backups(cluster)}${id}/snapshots/${component}.json`;

/** Who uses a backup, such as a drill or a verification. */
export const use = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/use.json`;

function compact(at: Instant): string {
  return at.replace(/[-:.]/g, '');
}
