import { isDeepStrictEqual } from 'node:util';
import type { BackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Store } from './store/store.ts';
import { type WatchMemory, watchMemory } from './watch-memory.ts';

/** The watchdog's memory of each cluster. */
export function memories(store: Store) {
  const memoryOf = (cluster: string) => documentIn(store, keys.memory(cluster), watchMemory);

  return {
    readMemory: async (cluster: string): Promise<WatchMemory | undefined> =>
      (await memoryOf(cluster).read())?.value,

    /** Changes the watchdog's memory. `change` gets the current memory, and returns it unchanged to write nothing. */
    async changeMemory(
      cluster: string,
      change: (memory: WatchMemory | undefined) => WatchMemory | undefined,
    ): Promise<void> {
      await memoryOf(cluster).change((memory) => {
        const next = change(memory);
        return isDeepStrictEqual(next, memory) ? memory : next;
      });
    },

    /**
     * Keeps a copy of an unreadable memory and replaces it if it has not changed since. The name of the copy contains
     * `at`. Nothing happens if there is no memory or it can be read.
     */
    async setMemoryAside(
      cluster: string,
      at: string,
      anew: (copy: string, problem: BackupError) => WatchMemory,
    ): Promise<void> {
      const found = await store.read(keys.memory(cluster));
      const problem = found && memoryOf(cluster).problemOf(found.text);
      if (!problem) return;
      const copy = keys.memoryAside(cluster, at);
      await store.create(copy, found.text);
      await memoryOf(cluster).replace(anew(store.location(copy), problem), found.version);
    },
  };
}
