import { BackupError } from '../../core/errors.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { type MemoryStore, memoryStore } from '../core/memory-store.ts';

const storeVerbs = ['read', 'create', 'write', 'replace', 'remove', 'list'] as const;
export type StoreVerb = (typeof storeVerbs)[number];

/** A fault of the home of the ledger. */
export interface StoreFault {
  verb: StoreVerb | 'any';
  /** `lost` does the work and loses the answer. `stall` takes longer than most Tasks may. */
  kind: 'error' | 'lost' | 'stall';
  skip: number;
  left: number;
}

/** A home of the ledger in memory, with faults that a case orders. */
export class FaultyStore {
  readonly memory: MemoryStore = memoryStore();
  readonly faults: StoreFault[] = [];
  /** Is called after every change. */
  changed: (key: string) => void = () => {};
  readonly #sleep: (milliseconds: number) => Promise<void>;

  constructor(sleep: (milliseconds: number) => Promise<void>) {
    this.#sleep = sleep;
  }

  readonly store: Store = {
    read: (key) => this.#do('read', key, () => this.memory.read(key)),
    create: (key, text) => this.#do('create', key, () => this.memory.create(key, text)),
    write: (key, text) => this.#do('write', key, () => this.memory.write(key, text)),
    replace: (key, text, version) => this.#do('replace', key, () => this.memory.replace(key, text, version)),
    remove: (key) => this.#do('remove', key, () => this.memory.remove(key)),
    ageOf: (key) => this.#do('read', key, () => this.memory.ageOf(key)),
    list: (prefix) => this.#do('list', prefix, () => this.memory.list(prefix)),
    folders: (folder, after) => this.#do('list', folder, () => this.memory.folders(folder, after)),
    exists: () => this.memory.exists(),
    home: 'memory:',
    location: (key) => this.memory.location(key),
  };

  async #do<T>(verb: StoreVerb, key: string, work: () => Promise<T>): Promise<T> {
    const fault = this.#take(verb);
    if (fault?.kind === 'error') throw trouble(verb, key);
    if (fault?.kind === 'stall') await this.#sleep(100_000);
    const result = await work();
    this.changed(key);
    if (fault?.kind === 'lost') throw trouble(verb, key);
    return result;
  }

  #take(verb: StoreVerb): StoreFault | undefined {
    const fault = this.faults.find((one) => one.left > 0 && (one.verb === 'any' || one.verb === verb));
    if (!fault) return undefined;
    if (fault.skip > 0) {
      fault.skip -= 1;
      return undefined;
    }
    fault.left -= 1;
    return fault;
  }
}

function trouble(verb: string, key: string): BackupError {
  return new BackupError('LedgerError', `The ledger cannot be reached (${verb} ${key})`);
}
