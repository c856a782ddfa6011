import type { CourseKind } from '../faults/faults.ts';
import { nanosecondTime, offsetTime } from '../http/answers.ts';
import type { Settings } from '../options.ts';
import {
  aggregate,
  type PartitionInfo,
  type PartitionState,
  type ZeebeBackupInfo,
  type ZeebeBackups,
} from './zeebe-backup.ts';

interface PartitionBackup {
  partitionId: number;
  createdAt: number;
  endsAt: number;
  outcome: 'COMPLETED' | 'FAILED' | 'INCOMPATIBLE';
  failureReason: string | undefined;
  snapshotId: string;
  checkpointPosition: number;
  /** The milliseconds after which the state changes to DOES_NOT_EXIST and back, again and again. */
  flapsEvery: number | undefined;
}

interface ZeebeBackup {
  id: number;
  visibleFrom: number;
  partitions: PartitionBackup[];
}

/** In the recordings a GET between the 202 and the last partition's manifest answers 404 or INCOMPLETE. */
const MANIFESTS_MS = 300;
const NOT_FOUND_MS = 1000;
const LEADER_CHANGE = 'Backup is cancelled due to leader change.';

/** Backups in memory, with the progress of each partition. Their courses are planned when they begin. */
export class PlannedZeebeBackups implements ZeebeBackups {
  readonly #settings: Settings;
  readonly #position: (partition: number) => number;
  readonly #backups = new Map<number, ZeebeBackup>();
  #checkpoint = 0;

  constructor(settings: Settings, position: (partition: number) => number) {
    this.#settings = settings;
    this.#position = position;
  }

  get checkpoint(): number {
    return this.#checkpoint;
  }

  take(id: number, course: CourseKind | undefined): void {
    this.#checkpoint = Math.max(this.#checkpoint, id);
    if (course === 'vanishes') return;
    const now = this.#settings.clock.now();
    const duration = this.#settings.durationsMs.zeebe;
    const manifests = Math.min(MANIFESTS_MS, 0.2 * duration);
    const count = this.#settings.partitions;
    const partitions = this.#partitions((partitionId) => ({
      createdAt: now + manifests * ((partitionId + 1) / (count + 1)),
      endsAt: now + duration * (0.9 + 0.1 * (partitionId / count)),
    }));
    const visibleFrom = course === 'notFoundAfterAccept' ? now + NOT_FOUND_MS : now;
    this.#backups.set(id, { id, visibleFrom, partitions: afflict(partitions, course, now, duration) });
  }

  seed(id: number, state: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' | 'INCOMPLETE'): void {
    this.#checkpoint = Math.max(this.#checkpoint, id);
    const createdAt = this.#settings.clock.now() - 3_600_000;
    const partitions = this.#partitions(() => ({ createdAt, endsAt: createdAt + 1000 }));
    const course: Record<typeof state, CourseKind | undefined> = {
      COMPLETED: undefined,
      FAILED: { failed: {} },
      IN_PROGRESS: 'neverEnds',
      INCOMPLETE: 'incompleteForEver',
    };
    const visibleFrom = createdAt;
    this.#backups.set(id, {
      id,
      visibleFrom,
      partitions: afflict(partitions, course[state], createdAt, 1000),
    });
  }

  delete(id: number): void {
    this.#backups.delete(id);
  }

  ids(): number[] {
    return [...this.#backups.values()].filter((backup) => this.#exists(backup)).map((backup) => backup.id);
  }

  info(id: number): ZeebeBackupInfo | undefined {
    const backup = this.#backups.get(id);
    return backup && this.#exists(backup) ? this.#info(backup, 'full') : undefined;
  }

  list(): ZeebeBackupInfo[] {
    return [...this.#backups.values()]
      .filter((backup) => this.#exists(backup))
      .sort((a, b) => scatter(a.id) - scatter(b.id))
      .map((backup) => this.#info(backup, 'thin'));
  }

  /** Fails the running backups of partitions whose leader is gone. */
  leaderChanged(partitionIds: number[]): void {
    const now = this.#settings.clock.now();
    for (const { partitions } of this.#backups.values()) {
      for (const partition of partitions) {
        if (!partitionIds.includes(partition.partitionId)) continue;
        if (now < partition.createdAt) partition.createdAt = Number.POSITIVE_INFINITY;
        else if (now < partition.endsAt) {
          partition.endsAt = now;
          partition.outcome = 'FAILED';
          partition.failureReason = LEADER_CHANGE;
        }
      }
    }
  }

  #partitions(times: (partitionId: number) => { createdAt: number; endsAt: number }): PartitionBackup[] {
    return Array.from({ length: this.#settings.partitions }, (_, index) => {
      const position = this.#position(index + 1);
      return {
        ...times(index + 1),
        partitionId: index + 1,
        outcome: 'COMPLETED',
        failureReason: undefined,
        // From 8.6 on the id ends with that of the broker that took the snapshot.
        snapshotId: `${index + 7}-1-${position}-${position + 16}${this.#settings.camunda === '8.5' ? '' : '-0'}`,
        checkpointPosition: position + 1,
        flapsEvery: undefined,
      };
    });
  }

  #exists(backup: ZeebeBackup): boolean {
    const now = this.#settings.clock.now();
    return now >= backup.visibleFrom && backup.partitions.some((partition) => now >= partition.createdAt);
  }

  #info(backup: ZeebeBackup, detail: 'full' | 'thin'): ZeebeBackupInfo {
    const details = backup.partitions.map((partition) => this.#partitionInfo(partition, detail));
    const failed = details.filter((partition) => partition.state === 'FAILED');
    const reasons = failed.map(
      (partition) =>
        `Backup on partition ${partition.partitionId} failed due to ${partition.failureReason}. `,
    );
    return {
      backupId: backup.id,
      state: aggregate(details.map((partition) => partition.state)),
      ...(reasons.length > 0 && { failureReason: reasons.join('') }),
      details,
    };
  }

  #partitionInfo(partition: PartitionBackup, detail: 'full' | 'thin'): PartitionInfo {
    const now = this.#settings.clock.now();
    const { partitionId } = partition;
    const state = stateOf(partition, now);
    if (state === 'DOES_NOT_EXIST') return { partitionId, state };
    const updatedAt = state === 'IN_PROGRESS' ? partition.createdAt : partition.endsAt;
    return {
      partitionId,
      state,
      ...(state === 'FAILED' &&
        partition.failureReason !== undefined && {
          failureReason: partition.failureReason,
        }),
      createdAt: this.#time(partition.createdAt, partition),
      ...(detail === 'full' && {
        lastUpdatedAt: this.#time(updatedAt, partition),
        snapshotId: partition.snapshotId,
        checkpointPosition: partition.checkpointPosition,
      }),
      brokerVersion: this.#settings.version,
    };
  }

  #time(ms: number, partition: PartitionBackup): string {
    const unified = this.#settings.profile === 'orchestration' && !this.#settings.orchestrationCluster;
    return unified ? offsetTime(ms) : nanosecondTime(ms, partition.checkpointPosition);
  }
}

function afflict(
  partitions: PartitionBackup[],
  course: CourseKind | undefined,
  now: number,
  duration: number,
): PartitionBackup[] {
  const last = partitions.at(-1);
  if (last === undefined) return partitions;
  if (typeof course === 'object') {
    const { partition, reason } = course.failed;
    const victim = partitions.find((one) => one.partitionId === partition) ?? last;
    victim.outcome = 'FAILED';
    victim.failureReason = reason ?? LEADER_CHANGE;
    victim.endsAt = Math.max(victim.createdAt, now + duration / 2);
  }
  if (course === 'neverEnds') last.endsAt = Number.POSITIVE_INFINITY;
  if (course === 'incompatible') last.outcome = 'INCOMPATIBLE';
  if (course === 'flappingIncomplete') last.flapsEvery = Math.max(1, duration / 8);
  if (course === 'incompleteForEver') {
    last.createdAt = Number.POSITIVE_INFINITY;
    // A single partition cannot be INCOMPLETE by itself, so a second one from an older layout is added.
    if (partitions.length === 1) {
      return [
        { ...last, createdAt: now, endsAt: now + duration },
        { ...last, partitionId: 2 },
      ];
    }
  }
  return partitions;
}

function stateOf(partition: PartitionBackup, now: number): PartitionState {
  if (now < partition.createdAt) return 'DOES_NOT_EXIST';
  if (now >= partition.endsAt) return partition.outcome;
  const { flapsEvery } = partition;
  if (flapsEvery !== undefined && Math.floor((now - partition.createdAt) / flapsEvery) % 2 === 1) {
    return 'DOES_NOT_EXIST';
  }
  return 'IN_PROGRESS';
}

const scatter = (id: number): number => (id * 48_271) % 65_537;
