import type { SimulatorClock } from '../clock.ts';
import { type Index, type Indices, newUuid, type Recovery } from './indices.ts';
import { Waiters } from './waiters.ts';

export type ShardState = 'queued' | 'recovering' | 'done' | 'failed';

export interface Restore {
  uuid: string;
  repository: string;
  snapshot: { name: string; uuid: string };
  shards: Recovery[];
}

/** As many shards are restored at once as `cluster.routing.allocation.node_initial_primaries_recoveries` has by default. */
const AT_ONCE = 4;
/** In the recordings no node has begun with a shard yet right after the acceptance. */
const QUEUED_MS = 300;

/** The restores that the search engine was asked for. */
export class Restores {
  readonly #clock: SimulatorClock;
  readonly #indices: Indices;
  readonly #waiters: Waiters;
  readonly #all: Restore[] = [];

  constructor(clock: SimulatorClock, indices: Indices) {
    this.#clock = clock;
    this.#indices = indices;
    this.#waiters = new Waiters(clock);
  }

  /** Begins a restore. The indices exist at once and are open; a closed one keeps its uuid. */
  start(
    repository: string,
    snapshot: Restore['snapshot'],
    names: { source: string; target: string }[],
    durationMs: number,
  ): Restore {
    const now = this.#clock.now();
    const restore: Restore = { uuid: newUuid(), repository, snapshot, shards: [] };
    const queuedMs = Math.min(QUEUED_MS, durationMs / 10);
    const instant = (share: number) => now + queuedMs + (durationMs - queuedMs) * share;
    names.forEach(({ source, target }, position) => {
      const closed = this.#indices.find(target);
      const endsAt = instant((position + 1) / names.length);
      const index = closed ?? this.#indices.put({ name: target });
      const recovery: Recovery = {
        repository,
        snapshot: snapshot.name,
        restoreUuid: restore.uuid,
        source,
        index: { name: target, uuid: index.uuid },
        startsAt: instant(Math.max(0, position + 1 - AT_ONCE) / names.length),
        endsAt,
        failedAt: Number.POSITIVE_INFINITY,
        reusesFiles: closed !== undefined,
      };
      Object.assign(index, { recovery, isClosed: false, committedAt: endsAt } satisfies Partial<Index>);
      restore.shards.push(recovery);
    });
    this.#all.push(restore);
    return restore;
  }

  stateOf({ startsAt, endsAt, failedAt }: Recovery): ShardState {
    const now = this.#clock.now();
    if (failedAt < endsAt && failedAt <= now) return 'failed';
    if (now >= endsAt) return 'done';
    return now >= startsAt ? 'recovering' : 'queued';
  }

  /** Whether the shard of an index can be read. */
  isThere({ recovery }: Index): boolean {
    return recovery === undefined || this.stateOf(recovery) === 'done';
  }

  /** The restores that have not ended; undefined if there was none yet. */
  running(): Restore[] | undefined {
    if (this.#all.length === 0) return undefined;
    return this.#all.filter(({ shards }) => shards.some((shard) => this.#clock.now() < endOf(shard)));
  }

  /** The part of these indices that is being restored. */
  among(indices: Index[]): Index[] {
    return indices.filter((index) => !this.isThere(index));
  }

  /** Fails the shards of these indices, which were deleted. */
  fail(indices: Index[]): void {
    for (const { recovery } of indices) {
      if (recovery) recovery.failedAt = Math.min(recovery.failedAt, this.#clock.now());
    }
    this.#waiters.wake();
  }

  /** Resolves when all shards have ended, or when the client has gone. */
  finished({ shards }: Restore, gone: AbortSignal): Promise<void> {
    return this.#waiters.until(() => Math.max(...shards.map(endOf)), gone);
  }
}

const endOf = ({ endsAt, failedAt }: Recovery): number => Math.min(endsAt, failedAt);
