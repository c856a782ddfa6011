import type { Awaitable } from '../awaitable.ts';
import type { CourseKind } from '../faults/faults.ts';

export type PartitionState = 'DOES_NOT_EXIST' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'INCOMPATIBLE';
type ZeebeBackupState = PartitionState | 'INCOMPLETE';

export interface PartitionInfo {
  partitionId: number;
  state: PartitionState;
  failureReason?: string;
  createdAt?: string;
  lastUpdatedAt?: string;
  snapshotId?: string;
  checkpointPosition?: number;
  brokerVersion?: string;
}

export interface ZeebeBackupInfo {
  backupId: number;
  state: ZeebeBackupState;
  failureReason?: string;
  details: PartitionInfo[];
}

/** The backup store cannot be read or written. The endpoint answers 500 with the message. */
export class BackupStoreError extends Error {}

/** The backups of Zeebe, as its endpoint asks for them. `info`, `list` and `delete` may throw a BackupStoreError. */
export interface ZeebeBackups {
  /** The id of the brokers' latest checkpoint. A new id must be higher, even if that backup failed or was deleted. */
  readonly checkpoint: number;
  /** Begins a backup on every partition. It goes on by itself. */
  take(id: number, course: CourseKind | undefined): Awaitable<void>;
  /** Undefined if no partition has a backup of this id. */
  info(id: number): Awaitable<ZeebeBackupInfo | undefined>;
  /** All backups in no particular order, without lastUpdatedAt, snapshotId and checkpointPosition. */
  list(): Awaitable<ZeebeBackupInfo[]>;
  delete(id: number): Awaitable<void>;
}

/** The state of a backup by those of its partitions. */
export function aggregate(states: PartitionState[]): ZeebeBackupState {
  const has = (state: PartitionState) => states.includes(state);
  if (has('FAILED')) return 'FAILED';
  if (has('DOES_NOT_EXIST')) return 'INCOMPLETE';
  if (has('IN_PROGRESS')) return 'IN_PROGRESS';
  return has('INCOMPATIBLE') ? 'INCOMPATIBLE' : 'COMPLETED';
}
