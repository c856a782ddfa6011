import type { SimulatorClock } from '../clock.ts';
import { Indices, newUuid } from './indices.ts';
import { Restores } from './restores.ts';
import { Waiters } from './waiters.ts';

export type SnapshotState = 'IN_PROGRESS' | 'SUCCESS' | 'PARTIAL' | 'FAILED' | 'INCOMPATIBLE';

export interface Snapshot {
  name: string;
  uuid: string;
  indices: string[];
  /** Any object that the request attached to the snapshot. */
  metadata: Record<string, unknown> | undefined;
  /** The id of the web application's backup to which this part belongs. */
  partOfBackup: number | undefined;
  includeGlobalState: boolean;
  /** The start, at which the snapshot appears. It may be in the future, so that a series of parts can be planned. */
  startedAt: number;
  endsAt: number;
  /** The snapshot already runs, but is only shown from this instant on. */
  hiddenUntil: number;
  outcome: Exclude<SnapshotState, 'IN_PROGRESS'>;
  /** The reasons of failed shards, if the state is PARTIAL or FAILED. */
  failures: string[];
  deletedAt: number;
  abortedByDeletion: boolean;
}

interface Repository {
  type: string;
  settings: Record<string, unknown>;
}

/** The content of the search engine: indices, snapshot repositories, and the snapshots in them. */
export class SnapshotStore {
  readonly #clock: SimulatorClock;
  readonly #repositories = new Map<string, Repository>();
  /** The snapshots by repository. They stay when a repository is unregistered, as their files do. */
  readonly #snapshots = new Map<string, Snapshot[]>();
  readonly #deletionsSpoil: boolean;
  readonly #waiters: Waiters;
  readonly indices: Indices;
  readonly restores: Restores;
  /** Whether the engine does not answer. Each web application has its own answer to that. */
  isDown = false;

  /** With `deletionsSpoil`, a snapshot that begins during a deletion ends PARTIAL, as it may in OpenSearch. */
  constructor(clock: SimulatorClock, indices: string[], deletionsSpoil: boolean) {
    this.#clock = clock;
    this.#waiters = new Waiters(clock);
    this.indices = new Indices(clock, indices);
    this.restores = new Restores(clock, this.indices);
    this.#deletionsSpoil = deletionsSpoil;
  }

  register(name: string, repository: Repository): void {
    this.#repositories.set(name, repository);
  }

  unregister(name: string): boolean {
    return this.#repositories.delete(name);
  }

  repositories(): [string, Repository][] {
    return [...this.#repositories];
  }

  hasRepository(name: string): boolean {
    return this.#repositories.has(name);
  }

  isReadonly(name: string): boolean {
    return String(this.#repositories.get(name)?.settings['readonly']) === 'true';
  }

  /** The visible snapshots of a repository, the oldest first. */
  list(repository: string): Snapshot[] {
    const now = this.#clock.now();
    return (this.#snapshots.get(repository) ?? [])
      .filter(
        (snapshot) => now >= Math.max(snapshot.startedAt, snapshot.hiddenUntil) && now < snapshot.deletedAt,
      )
      .sort((a, b) => a.startedAt - b.startedAt);
  }

  find(repository: string, name: string): Snapshot | undefined {
    return this.list(repository).find((snapshot) => snapshot.name === name);
  }

  add(
    repository: string,
    planned: Pick<Snapshot, 'name' | 'indices' | 'startedAt' | 'endsAt'> & Partial<Snapshot>,
  ): Snapshot {
    const snapshot: Snapshot = {
      uuid: newUuid(),
      metadata: undefined,
      partOfBackup: undefined,
      includeGlobalState: true,
      outcome: 'SUCCESS',
      failures: [],
      hiddenUntil: Number.NEGATIVE_INFINITY,
      deletedAt: Number.POSITIVE_INFINITY,
      abortedByDeletion: false,
      ...planned,
    };
    if (this.#deletionsSpoil && this.deletions(repository).length > 0 && snapshot.outcome === 'SUCCESS') {
      snapshot.outcome = 'PARTIAL';
      snapshot.failures = ['skipped'];
    }
    this.#snapshots.set(repository, [...(this.#snapshots.get(repository) ?? []), snapshot]);
    this.indices.commit(snapshot.indices, snapshot.startedAt);
    return snapshot;
  }

  /** Deletes a snapshot and aborts a running one. It stays visible for `afterMs`, as with the web applications. */
  delete(snapshot: Snapshot, afterMs = 0): void {
    const now = this.#clock.now();
    snapshot.deletedAt = Math.min(snapshot.deletedAt, now + afterMs);
    if (now < snapshot.endsAt) {
      snapshot.endsAt = snapshot.deletedAt;
      snapshot.outcome = 'FAILED';
      snapshot.abortedByDeletion = true;
      snapshot.failures = ['aborted'];
    }
    this.#waiters.wake();
  }

  /** The names of the snapshots whose deletion is running. */
  deletions(repository: string): string[] {
    return this.list(repository)
      .filter(({ deletedAt }) => Number.isFinite(deletedAt))
      .map(({ name }) => name);
  }

  /** The names of the indices that running snapshots of any repository contain. */
  indicesInSnapshots(): string[] {
    return [...this.#repositories.keys()].flatMap((repository) =>
      this.list(repository)
        .filter((snapshot) => this.stateOf(snapshot) === 'IN_PROGRESS')
        .flatMap(({ indices }) => indices),
    );
  }

  stateOf(snapshot: Snapshot): SnapshotState {
    return this.#clock.now() < snapshot.endsAt ? 'IN_PROGRESS' : snapshot.outcome;
  }

  /** Resolves when the snapshot has ended, or when the client has gone. */
  finished(snapshot: Snapshot, gone: AbortSignal): Promise<void> {
    return this.#waiters.until(() => snapshot.endsAt, gone);
  }
}
