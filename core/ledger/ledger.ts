import type { Commands } from '../commands.ts';
import { BackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import { entries } from './entries.ts';
import { heartbeats } from './heartbeat.ts';
import { type Intervention, intervention } from './intervention.ts';
import * as keys from './keys.ts';
import { lockDocuments, strangeLocks } from './lock/document.ts';
import { locks } from './lock/locks.ts';
import { manifests } from './manifests.ts';
import { memories } from './memory.ts';
import { restoreDocuments } from './restore-documents.ts';
import type { Store } from './store/store.ts';
import { uses } from './use.ts';
import { verifications } from './verification.ts';

/**
 * The ledger of a cluster's backups. It has one lock, and for each backup a manifest and an entry for each component.
 * keys.ts has the keys of all documents.
 *
 * Every component has its own entry, because the applications are backed up concurrently and each document should have
 * only one writer.
 */
export function ledger(
  store: Store,
  /** The commands for the remedies of an unreadable lock. */
  commands: Pick<Commands, 'repair'>,
  warn: (text: string) => void = (text) => process.emitWarning(text),
) {
  const lockOf = lockDocuments(store, commands);
  const interventionOf = ({ cluster, id }: Intervention) =>
    documentIn(store, keys.intervention(cluster, id), intervention);

  const { beat, secondsWithoutBeat } = heartbeats(store);

  return {
    beat,
    secondsWithoutBeat,
    ...locks(lockOf),
    ...strangeLocks(store, lockOf),
    ...memories(store),
    ...manifests(store, warn),
    ...entries(store, warn),
    ...restoreDocuments(store),
    ...uses(store),
    ...verifications(store),

    /** The location of the ledger, for people. */
    home: store.home,

    /**
     * Returns an error if the ledger has no document of a cluster. Then no run of it has worked with the cluster, and it
     * cannot explain a pause either. Undefined otherwise.
     */
    async nothingOf(cluster: string): Promise<BackupError | undefined> {
      // Only a person can have removed the lock. Folders come before documents, because there are fewer of them.
      if (await store.read(keys.lock(cluster))) return undefined;
      for (const look of [store.folders, store.list]) {
        if ((await look(keys.all(cluster))).length > 0) return undefined;
      }
      const what = (await store.exists()) ? `has no record of ${cluster}` : 'does not exist yet';
      return new BackupError(
        'LedgerEmpty',
        `The ledger ${store.home} ${what}: no backup of ${cluster} was started with it, or you mean another ledger`,
        {
          remedy:
            'If there were backups, use the configuration that they were made with: its `ledger` says where they are recorded.',
        },
      );
    },

    writeIntervention: (one: Intervention) => interventionOf(one).write(one),

    interventionLocation: (one: Intervention) => interventionOf(one).location(),
  };
}
export type Ledger = ReturnType<typeof ledger>;
