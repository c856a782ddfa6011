import { randomBytes } from 'node:crypto';
import type { SimulatorClock } from '../clock.ts';

/** An index. It has one shard and 100 documents. */
export interface Index {
  name: string;
  /** 22 characters. */
  uuid: string;
  createdAt: number;
  isClosed: boolean;
  /** The instant when the index first became part of a snapshot, because a snapshot commits all documents. */
  committedAt: number;
}

/** The indices of the search engine by name, in the order in which they were created. */
export class Indices {
  readonly #byName = new Map<string, Index>();

  constructor(clock: SimulatorClock, names: string[]) {
    const createdAt = clock.now();
    for (const name of names) this.put({ name, createdAt });
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

  put(index: Pick<Index, 'name' | 'createdAt'> & Partial<Index>): Index {
    const whole: Index = {
      uuid: newUuid(),
      isClosed: false,
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
