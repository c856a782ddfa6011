import { idIn, type ToldId } from './backup-id.ts';
import type { ComponentName } from './kinds.ts';

/**
 * The names of the snapshots of Camunda's backups: `camunda_webapps_1748937221_8.8.0_part_1_of_5`,
 * `camunda_operate_…`, `camunda_tasklist_…`, `camunda_optimize_…`, and `camunda_zeebe_records_backup_1748937221`. From
 * 8.10 on, the name of a physical tenant may come before that.
 * https://docs.camunda.io/docs/8.8/self-managed/operational-guides/backup-restore/restore/
 */
export interface SnapshotName {
  name: string;
  component: ComponentName;
  backupId: ToldId;
  /** The version of the application; the records have none. */
  version?: string;
  /** The number of the part and the number of all parts; the records have one part. */
  part: { number: number; of: number };
  /** The text before `camunda_`, empty in most clusters. */
  prefix: string;
}

/** The engines list every snapshot with such a name by it. */
export const camundaSnapshots = '*camunda_';

/** The pattern of all snapshots of one backup. It also matches longer ids that begin with this one. */
export function snapshotsOf(backupId: number): string {
  return `*camunda_*_${backupId}*`;
}

/** No backup of Camunda has nearly so many parts or partitions. A higher number comes from something else. */
export const mostParts = 10_000;

/** Reads a snapshot's name; undefined if it does not belong to a backup of Camunda. */
export function readSnapshotName(name: string): SnapshotName | undefined {
  const part = /^(.*)camunda_(webapps|operate|tasklist|optimize)_(\d+)_(.+)_part_(\d+)_of_(\d+)$/.exec(name);
  if (part) {
    const [, prefix = '', application = '', digits, version = '', number, of] = part;
    const backupId = idIn(digits);
    const component = applications[application];
    const count = { number: Number(number), of: Number(of) };
    if (backupId === undefined || !component || count.of > mostParts) return undefined;
    return { name, component, backupId, version, part: count, prefix };
  }
  const [, prefix = '', digits] = /^(.*)camunda_zeebe_records_backup_(\d+)$/.exec(name) ?? [];
  const backupId = idIn(digits);
  if (backupId === undefined) return undefined;
  return { name, component: 'records', backupId, part: { number: 1, of: 1 }, prefix };
}

const applications: Partial<Record<string, ComponentName>> = {
  webapps: 'webApplications',
  operate: 'operate',
  tasklist: 'tasklist',
  optimize: 'optimize',
};
