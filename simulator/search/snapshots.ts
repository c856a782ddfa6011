import { randomBytes } from 'node:crypto';
import type { SimulatorClock } from '../clock.ts';

export type SnapshotState = 'IN_PROGRESS' | 'SUCCESS' | 'PARTIAL' | 'FAILED' | 'INCOMPATIBLE';

export interface Snapshot {
  name: string;
  uuid: string;
  indices: string[];
  /** Free: whoever takes a snapshot may attach what they like. */
  metadata: Record<string, unknown> | undefined;
  /** The web application's backup that it is a part of. */
  partOfBackup: number | undefined;
  includeGlobalState: boolean;
  /** May lie ahead: it appears then. So a row of parts can be planned at once. */
  startedAt: number;
  endsAt: number;
  /** It runs, but is not shown before. */
  hiddenUntil: number;
  outcome: Exclude<SnapshotState, 'IN_PROGRESS'>;
  /** Why a shard failed, with PARTIAL and FAILED. */
  failures: string[];
  deletedAt: number;
  abortedByDeletion: boolean;
}

interface Repository {
  type: string;
  settings: Record<string, unknown>;
}

/** What the search engine keeps: indices, snapshot repositories, and the snapshots in them. */
export class SnapshotStore {
  readonly #clock: SimulatorClock;
  readonly #repositories = new Map<string, Repository>();
  /** By repository. They stay when a repository is unregistered, as files do. */
  readonly #snapshots = new Map<string, Snapshot[]>();
  readonly #deletionsSpoil: boolean;
  /** By index, when a snapshot that takes it has first begun: that writes everything into a commit. */
  readonly #committedAt = new Map<string, number>();
  #wakeWaiters: (() => void)[] = [];
  readonly indices: string[];
  /** The engine does not answer: the web applications say so in their own ways. */
  isDown = false;

  /** `deletionsSpoil`: what begins while snapshots are deleted ends PARTIAL, as it may in OpenSearch. */
  constructor(clock: SimulatorClock, indices: string[], deletionsSpoil: boolean) {
    this.#clock = clock;
    this.indices = indices;
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

  /** Oldest first. */
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
      uuid: randomBytes(16).toString('base64url'),
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
    for (const index of snapshot.indices) {
      const earlier = this.#committedAt.get(index) ?? Number.POSITIVE_INFINITY;
      this.#committedAt.set(index, Math.min(earlier, snapshot.startedAt));
    }
    return snapshot;
  }

  /** A running snapshot is aborted. `afterMs`: it stays visible for so long, as when the web applications delete. */
  delete(snapshot: Snapshot, afterMs = 0): void {
    const now = this.#clock.now();
    snapshot.deletedAt = Math.min(snapshot.deletedAt, now + afterMs);
    if (now < snapshot.endsAt) {
      snapshot.endsAt = snapshot.deletedAt;
      snapshot.outcome = 'FAILED';
      snapshot.abortedByDeletion = true;
      snapshot.failures = ['aborted'];
    }
    for (const wake of this.#wakeWaiters) wake();
    this.#wakeWaiters = [];
  }

  /** The names of those that are being deleted. */
  deletions(repository: string): string[] {
    return this.list(repository)
      .filter(({ deletedAt }) => Number.isFinite(deletedAt))
      .map(({ name }) => name);
  }

  isCommitted(index: string): boolean {
    return (this.#committedAt.get(index) ?? Number.POSITIVE_INFINITY) <= this.#clock.now();
  }

  stateOf(snapshot: Snapshot): SnapshotState {
    return this.#clock.now() < snapshot.endsAt ? 'IN_PROGRESS' : snapshot.outcome;
  }

  /** Resolves when the snapshot has ended, or when the client has gone. */
  async finished(snapshot: Snapshot, gone: AbortSignal): Promise<void> {
    while (!gone.aborted && this.stateOf(snapshot) === 'IN_PROGRESS') {
      const changed = new Promise<void>((resolve) => {
        this.#wakeWaiters.push(resolve);
        gone.addEventListener('abort', () => resolve(), { once: true });
      });
      const left = snapshot.endsAt - this.#clock.now();
      // A snapshot without an end is not slept for: a clock that jumps would spin here.
      await (Number.isFinite(left) ? Promise.race([changed, this.#clock.sleep(left, gone)]) : changed);
    }
  }
}

/** Does a name fit a comma-separated list of names and wildcards? */
export function fits(patterns: string[], name: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '_all' || pattern === '*') return true;
    const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`).test(name);
  });
}

export const isWildcard = (pattern: string): boolean => pattern.includes('*') || pattern === '_all';
