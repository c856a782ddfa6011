import type { Settings } from '../options.ts';
import type { SnapshotStore } from '../search/snapshots.ts';

export type SeedState = 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' | 'INCOMPLETE';

/** The backups of Zeebe's records are snapshots that no component makes. Their names end with the backup's id. */
export class RecordsBackups {
  private readonly settings: Settings;
  private readonly store: SnapshotStore;

  constructor(settings: Settings, store: SnapshotStore) {
    this.settings = settings;
    this.store = store;
  }

  ids(): number[] {
    return this.snapshots().map(({ name }) => idOf(name));
  }

  state(id: number): string | undefined {
    const snapshot = this.snapshots().find(({ name }) => idOf(name) === id);
    return snapshot && this.store.stateOf(snapshot);
  }

  private snapshots() {
    return this.store
      .list(this.settings.repository)
      .filter(({ name, partOfBackup }) => partOfBackup === undefined && /_\d+$/.test(name));
  }

  seed(id: number, state: SeedState): void {
    const startedAt = this.settings.clock.now() - 3_600_000;
    this.store.add(this.settings.repository, {
      name: `camunda_zeebe_records_backup_${id}`,
      indices: this.settings.recordsIndices,
      startedAt,
      endsAt: state === 'IN_PROGRESS' ? Number.POSITIVE_INFINITY : startedAt + 1000,
      // A PARTIAL snapshot is the closest equivalent of an INCOMPLETE backup.
      ...(state === 'INCOMPLETE' && { outcome: 'PARTIAL', failures: ['primary shard is not allocated'] }),
      ...(state === 'FAILED' && { outcome: 'FAILED', failures: ['aborted'] }),
    });
  }
}

const idOf = (name: string) => Number(/_(\d+)$/.exec(name)?.[1]);
