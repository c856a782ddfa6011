import { randomBytes } from 'node:crypto';
import type { SimulatorClock } from '../clock.ts';

/** An index. It has one shard and 100 documents. */
export interface Index {
  name: string;
  /** 22 characters. */
  uuid: string;
  createdAt: number;
  isClosed: boolean;
  /** How the shard was restored; undefined if no restore made it what it is. */
  recovery: Recovery | undefined;
  /** The instant when the index first became part of a snapshot, because a snapshot commits all documents. */
  committedAt: number;
}

/** The restore of the one shard of an index. */
export interface Recovery {
  repository: string;
  snapshot: string;
  restoreUuid: string;
  /** The name of the index in the snapshot. */
  source: string;
  index: { name: string; uuid: string };
  /** The instant at which a node begins with the shard. Until then the shard is queued. */
  startsAt: number;
  endsAt: number;
  /** The instant at which the index was deleted meanwhile. */
  failedAt: number;
  /** Whether the index was closed and had the same files already. */
  reusesFiles: boolean;
}

/**
 * The indices of the search engine by name. All are as old as the simulator, also a restored one, because a snapshot
 * contains the age of an index.
 */
export class Indices {
  readonly #byName = new Map<string, Index>();
  readonly #createdAt: number;

  constructor(clock: SimulatorClock, names: string[]) {
    this.#createdAt = clock.now();
    for (const name of names) this.put({ name });
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  find(name: string): Index | undefined {
    return this.#byName.get(name);
  }

  /** The indices with these names, without the names that no index has. */
  named(names: string[]): Index[] {
    return names.flatMap((name) => this.find(name) ?? []);
  }

  put(index: Pick<Index, 'name'> & Partial<Index>): Index {
    const whole: Index = {
      uuid: newUuid(),
      createdAt: this.#createdAt,
      isClosed: false,
      recovery: undefined,
      committedAt: Number.POSITIVE_INFINITY,
      ...index,
    };
    this.#byName.set(whole.name, whole);
    return whole;
  }

  delete(index: Index): void {
    this.#byName.delete(index.name);
  }

  commit(names: string[], at: number): void {
    for (const index of this.named(names)) index.committedAt = Math.min(index.committedAt, at);
  }
}

/** An id as both engines make them: 22 characters. */
export const newUuid = (): string => randomBytes(16).toString('base64url');
