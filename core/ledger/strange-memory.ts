import type { BackupError } from '../errors.ts';
import type { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Store } from './store/store.ts';
import type { WatchMemory } from './watch-memory.ts';

type MemoryDocuments = (cluster: string) => ReturnType<typeof documentIn<WatchMemory>>;

/** Handles a watchdog's memory that this version cannot read, because a newer one wrote it or it is damaged. */
export function strangeMemory(store: Store, memoryOf: MemoryDocuments) {
  return {
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
