import { type ComponentName, componentNames } from '../components/kinds.ts';
import { isBackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { type ComponentEntry, componentEntry } from './manifest.ts';
import type { Store } from './store/store.ts';

/** The entries of the components that belong to a backup, while its run is at work. */
export function entries(store: Store, warn: (text: string) => void) {
  const entryOf = (cluster: string, backupId: number, name: ComponentName) =>
    documentIn(store, keys.entry(cluster, backupId, name), componentEntry);
  const readEntry = async (cluster: string, backupId: number, name: ComponentName) =>
    (await entryOf(cluster, backupId, name).read())?.value;

  return {
    /** Records that a component is about to be asked for a backup. Returns false if this was recorded before. */
    createEntry: (cluster: string, backupId: number, entry: ComponentEntry) =>
      entryOf(cluster, backupId, entry.component).create(entry),

    /**
     * Changes an entry. `change` gets the current entry, because a concurrent call of the same state may have changed
     * it, and returns it unchanged to write nothing. Undefined if there is no entry; then nothing is written.
     */
    changeEntry: (
      cluster: string,
      backupId: number,
      name: ComponentName,
      change: (entry: ComponentEntry) => ComponentEntry,
    ): Promise<ComponentEntry | undefined> =>
      entryOf(cluster, backupId, name).change((entry) => entry && change(entry)),

    readEntry,

    /** Reads all entries of a backup. It warns about an unreadable entry and omits it: it must not stop a run from ending. */
    async readEntries(cluster: string, backupId: number): Promise<ComponentEntry[]> {
      const found = await Promise.all(
        componentNames.map(async (name) => {
          try {
            return await readEntry(cluster, backupId, name);
          } catch (error) {
            if (!isBackupError(error, 'LedgerCorrupt')) throw error;
            warn(error.message);
            return undefined;
          }
        }),
      );
      return found.filter((entry) => entry !== undefined);
    },
  };
}
