import type { BackupError } from '../errors.ts';
import type { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Store } from './store/store.ts';
import type { WatchMemory } from './watch-memory.ts';

type MemoryDocuments = (cluster: string) => ReturnType<typeof documentIn<WatchMemory>>;

/** Of a memory of the watchdog that this version cannot read: a newer one has written it, or it is damaged. */
export function strangeMemory(store: Store, memoryOf: MemoryDocuments) {
  return {
    /**
     * Keeps a copy of such a memory beside it, and puts another one in its place if nobody has changed it since. `at`
     * names the copy. Nothing is done where there is none, or one that can be read.
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
