import type { ComponentName } from '../components/kinds.ts';
import { unorderedName } from './newest-ids.ts';

/*
 * The keys of the ledger's documents (`import * as keys`). The ledger finds its documents by them. With `*` for every
 * part, a key is the pattern for the permissions of a function.
 *
 * The watchdog's memory keeps its first file name, alerts.json. With another name, an update would lose the alerts that
 * were not delivered yet.
 */

type Cluster = string;
type BackupId = number | '*';
/** An instant in ISO 8601. */
type Instant = string;

/** The prefix of all documents of a cluster. */
export const all = (cluster: Cluster) => `${cluster}/`;

/** The lock, or the record of its last release. */
export const lock = (cluster: Cluster) => `${cluster}/lock.json`;

/** A lock that a repair has set aside. */
export const lockAside = (cluster: Cluster, at: Instant) => `${cluster}/lock.unreadable-${compact(at)}.json`;

/** The heartbeat of the run that holds the lock; it is not used on AWS. */
export const heartbeat = (cluster: Cluster) => `${cluster}/heartbeat.json`;

/** The watchdog's memory: the alerts that it has sent, and those that it could not deliver yet. */
export const memory = (cluster: Cluster) => `${cluster}/alerts.json`;

/** A memory that the watchdog has set aside. */
export const memoryAside = (cluster: Cluster, at: Instant) =>
  `${cluster}/alerts.unreadable-${compact(at)}.json`;

/** The record of an action that a person requested from `repair`. */
export const intervention = (cluster: Cluster, id: string) => `${cluster}/interventions/${id}.json`;

/** The prefix of a cluster's backups; the next part of a key is the id. */
export const backups = (cluster: Cluster) => `${cluster}/backups/`;

export const manifest = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/manifest.json`;

/** The entry of one component, which becomes a part of the manifest at the end. */
export const entry = (cluster: Cluster, id: BackupId, component: ComponentName | '*') =>
  `${backups(cluster)}${id}/components/${component}.json`;

/** The facts that a restore needs in addition to the manifest. */
export const restoreFacts = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/restore.json`;

/** The facts about a component's snapshots and their shards, for a restore. */
export const snapshots = (cluster: Cluster, id: BackupId, component: ComponentName | '*') =>
  `${backups(cluster)}${id}/snapshots/${component}.json`;

/** The last verification of a backup. */
export const verification = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/verification.json`;

/** The mark of a cluster that has ids which are no moments. As a name, it comes after all ids. */
export const unordered = (cluster: Cluster) => `${backups(cluster)}${unorderedName}/ids.json`;

/** The marks of those that use a backup, such as a drill or a verification. */
export const use = (cluster: Cluster, id: BackupId) => `${backups(cluster)}${id}/use.json`;

function compact(at: Instant): string {
  return at.replace(/[-:.]/g, '');
}
