import type { Awaitable } from '../awaitable.ts';
import type { CourseKind } from '../faults/faults.ts';
import type { Settings } from '../options.ts';
import type { Snapshot, SnapshotStore } from '../search/snapshots.ts';
import { newestFirst, type PartBackupInfo, partBackupInfo, partName } from './part-state.ts';

export interface PartPlan {
  /** The name in `camunda_{name}_{id}_{version}_part_{i}_of_{n}`. */
  name: 'operate' | 'tasklist' | 'webapps' | 'optimize';
  /** The indices of each part. */
  parts: string[][];
  durationMs: number;
  /** Whether the parts are taken concurrently, as by Optimize on OpenSearch. */
  concurrent: boolean;
  /** How long a gap between two parts is not INCOMPLETE yet. It is 0 up to 8.7 and in Optimize, so the state flaps. */
  graceMs: number;
}

const VISIBLE_AFTER_MS = 140;
const NOT_FOUND_MS = 1000;
const DELETION_MS = 250;
const GAP = 0.25;
/** The longest time between two parts, however long the parts take. In the recordings it is some 100 ms. */
const LONGEST_GAP_MS = 400;

/** Whether a web application could take or look up backups now. */
export type Availability = 'available' | 'engine down' | 'repository missing';

/** The backups of a web application, as its endpoint asks for them. Each is a series of snapshots. */
export interface PartBackups {
  availability(): Awaitable<Availability>;
  /** True while parts of a backup wait for their turn. */
  readonly isBusy: boolean;
  /** Returns the scheduled snapshots' names. */
  start(id: number, course: CourseKind | undefined): Awaitable<string[]>;
  /** The backup, with its parts in order. */
  info(id: number): Awaitable<PartBackupInfo | undefined>;
  /** All backups, the newest first, each with its newest part first. */
  list(): Awaitable<PartBackupInfo[]>;
  /** Deletes asynchronously. Returns whether there was anything to delete. */
  delete(id: number): Awaitable<boolean>;
  ids(): Awaitable<number[]>;
  /** The snapshots as a refused duplicate names them: `camunda_operate_200_8.6.0_part_1_of_6/OYyzUKruQPmX-eEnBhxrHw` */
  foundSnapshots(id: number): Awaitable<string>;
  /** Whether a shard of the backup failed before any node had taken it, so that its failure has no node id. */
  hasShardWithoutNode(id: number): Awaitable<boolean>;
}

/** Backups in memory. Their courses are planned when they begin, and their states are read off the clock. */
export class PlannedPartBackups implements PartBackups {
  readonly #settings: Settings;
  readonly #store: SnapshotStore;
  readonly #plan: PartPlan;
  readonly #hiddenUntil = new Map<number, number>();
  readonly #withoutGrace = new Set<number>();
  #busyUntil = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings, store: SnapshotStore, plan: PartPlan) {
    this.#settings = settings;
    this.#store = store;
    this.#plan = plan;
  }

  availability(): Availability {
    if (this.#store.isDown) return 'engine down';
    return this.#store.hasRepository(this.#settings.repository) ? 'available' : 'repository missing';
  }

  get isBusy(): boolean {
    return this.#settings.clock.now() < this.#busyUntil;
  }

  start(id: number, course: CourseKind | undefined): string[] {
    const now = this.#settings.clock.now();
    const { durationMs, parts, concurrent } = this.#plan;
    const names = parts.map((_, index) => this.#snapshotName(id, index + 1));
    this.#withoutGrace.delete(id);
    this.#hiddenUntil.delete(id);
    if (course === 'flappingIncomplete' || course === 'incompleteForEver') this.#withoutGrace.add(id);
    if (course === 'notFoundAfterAccept') this.#hiddenUntil.set(id, now + NOT_FOUND_MS);
    // This was observed with a readonly repository: the backup is accepted, has no snapshots and never fails.
    if (course === 'vanishes' || this.#store.isReadonly(this.#settings.repository)) return names;

    const first = now + Math.min(VISIBLE_AFTER_MS, 0.2 * durationMs);
    const slot = (now + durationMs - first) / parts.length;
    const gap = course === 'flappingIncomplete' ? 0.5 * slot : Math.min(GAP * slot, LONGEST_GAP_MS);
    const stuck = Math.min(2, parts.length);
    const taken = course === 'incompleteForEver' ? Math.ceil(parts.length / 2) : parts.length;
    parts.slice(0, taken).forEach((indices, index) => {
      const partNo = index + 1;
      if (course === 'neverEnds' && partNo > stuck) return;
      const startedAt = concurrent ? first : first + index * slot;
      const isLast = partNo === parts.length;
      const endsAt = concurrent ? now + durationMs : startedAt + slot - (isLast ? 0 : gap);
      this.#store.add(this.#settings.repository, {
        name: this.#snapshotName(id, partNo),
        indices,
        startedAt,
        endsAt: course === 'neverEnds' && partNo === stuck ? Number.POSITIVE_INFINITY : endsAt,
        partOfBackup: id,
        metadata: { backupId: id, version: this.#settings.version, partNo, partCount: parts.length },
        ...endOf(course, partNo, parts.length),
      });
    });
    const stays = course === 'neverEnds' ? Number.POSITIVE_INFINITY : first + (taken - 1) * slot;
    this.#busyUntil = concurrent ? now : stays;
    return names;
  }

  seed(id: number, state: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' | 'INCOMPLETE'): void {
    const startedAt = this.#settings.clock.now() - 3_600_000;
    const { parts } = this.#plan;
    const taken = state === 'INCOMPLETE' ? Math.ceil(parts.length / 2) : parts.length;
    parts.slice(0, taken).forEach((indices, index) => {
      const partNo = index + 1;
      const isLast = partNo === parts.length;
      this.#store.add(this.#settings.repository, {
        name: this.#snapshotName(id, partNo),
        indices,
        startedAt: startedAt + index * 200,
        endsAt: state === 'IN_PROGRESS' && isLast ? Number.POSITIVE_INFINITY : startedAt + index * 200 + 100,
        partOfBackup: id,
        metadata: { backupId: id, version: this.#settings.version, partNo, partCount: parts.length },
        ...endOf(state === 'FAILED' ? { failed: {} } : undefined, partNo, parts.length),
      });
    });
  }

  /** Deletes asynchronously: the snapshots stay visible for a moment, and waiting parts are still taken. */
  delete(id: number): boolean {
    const snapshots = this.#snapshots(id);
    for (const snapshot of snapshots) this.#store.delete(snapshot, DELETION_MS);
    return snapshots.length > 0;
  }

  hasShardWithoutNode(id: number): boolean {
    return this.#snapshots(id).some((snapshot) => this.#store.stateOf(snapshot) === 'PARTIAL');
  }

  info(id: number): PartBackupInfo | undefined {
    const snapshots = this.#snapshots(id);
    if (snapshots.length === 0) return undefined;
    const parts = snapshots.map((snapshot) => ({
      name: snapshot.name,
      state: this.#store.stateOf(snapshot),
      startedAt: snapshot.startedAt,
      endedAt: snapshot.endsAt,
      failures: snapshot.failures,
    }));
    return partBackupInfo(id, parts, {
      expected: this.#plan.parts.length,
      graceMs: this.#withoutGrace.has(id) ? 0 : this.#plan.graceMs,
      now: this.#settings.clock.now(),
    });
  }

  list(): PartBackupInfo[] {
    return newestFirst(this.ids().flatMap((id) => this.info(id) ?? []));
  }

  ids(): number[] {
    const found = new Set<number>();
    for (const { name, partOfBackup } of this.#store.list(this.#settings.repository)) {
      if (partOfBackup !== undefined && this.#isOf(name, partOfBackup)) found.add(partOfBackup);
    }
    return [...found].filter((id) => !this.#isHidden(id));
  }

  foundSnapshots(id: number): string {
    return this.#snapshots(id)
      .map(({ name, uuid }) => `${name}/${uuid}`)
      .join(', ');
  }

  #snapshots(id: number): Snapshot[] {
    if (this.#isHidden(id)) return [];
    return this.#store.list(this.#settings.repository).filter((snapshot) => this.#isOf(snapshot.name, id));
  }

  #isHidden(id: number): boolean {
    return this.#settings.clock.now() < (this.#hiddenUntil.get(id) ?? Number.NEGATIVE_INFINITY);
  }

  #isOf(snapshotName: string, id: number): boolean {
    return snapshotName.startsWith(`camunda_${this.#plan.name}_${id}_`);
  }

  #snapshotName(id: number, partNo: number): string {
    const { name, parts } = this.#plan;
    return partName(name, id, this.#settings.version, partNo, parts.length);
  }
}

function endOf(
  course: CourseKind | undefined,
  partNo: number,
  partCount: number,
): Partial<Pick<Snapshot, 'outcome' | 'failures'>> {
  if (typeof course === 'object') {
    const { partition, reason } = course.failed;
    if (partNo !== (partition ?? partCount)) return {};
    return { outcome: 'FAILED', failures: [reason ?? 'Snapshot was aborted'] };
  }
  if (partNo !== partCount) return {};
  if (course === 'incompatible') return { outcome: 'INCOMPATIBLE' };
  if (course === 'partial') return { outcome: 'PARTIAL', failures: ['primary shard is not allocated'] };
  return {};
}
