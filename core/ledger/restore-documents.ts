import type { ComponentName } from '../components/kinds.ts';
import { BackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { type ComponentSnapshots, type RestoreFacts, restoreFacts, snapshotFacts } from './restore-facts.ts';
import type { Store } from './store/store.ts';

/** Concurrent calls of one state may write the same document, so a change is retried. */
const attempts = 5;

/** The documents with further facts for a restore. Only the run of a backup writes them. */
export function restoreDocuments(store: Store) {
  const factsOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.restoreFacts(cluster, backupId), restoreFacts);
  // There may be hundreds of shards, and one line for each figure would more than double the document.
  const snapshotsOf = (cluster: string, backupId: number, name: ComponentName) =>
    documentIn(store, keys.snapshots(cluster, backupId, name), snapshotFacts, { indent: 0 });

  return {
    /** Returns false and writes nothing if there are facts already. */
    createRestoreFacts: (facts: RestoreFacts) => factsOf(facts.cluster, facts.backupId).create(facts),

    writeRestoreFacts: (facts: RestoreFacts) => factsOf(facts.cluster, facts.backupId).write(facts),

    async readRestoreFacts(cluster: string, backupId: number): Promise<RestoreFacts | undefined> {
      return (await factsOf(cluster, backupId).read())?.value;
    },

    restoreFactsLocation: (cluster: string, backupId: number) => factsOf(cluster, backupId).location(),

    /** Returns false and writes nothing if the component already has such a document. */
    createSnapshots: (snapshots: ComponentSnapshots) =>
      snapshotsOf(snapshots.cluster, snapshots.backupId, snapshots.component).create(snapshots),

    async readSnapshots(cluster: string, backupId: number, name: ComponentName) {
      return (await snapshotsOf(cluster, backupId, name).read())?.value;
    },

    /**
     * Changes the facts about a component's snapshots, and returns the facts that are recorded then. The change begins
     * with `empty` if nothing is recorded yet.
     */
    async changeSnapshots(
      empty: ComponentSnapshots,
      change: (snapshots: ComponentSnapshots) => ComponentSnapshots,
    ): Promise<ComponentSnapshots> {
      const document = snapshotsOf(empty.cluster, empty.backupId, empty.component);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const found = await document.read();
        const next = change(found?.value ?? empty);
        if (next === found?.value) return next;
        const done = found ? await document.replace(next, found.version) : await document.create(next);
        if (done) return next;
      }
      throw new BackupError('LedgerError', `${document.location()} kept changing while it was written`);
    },
  };
}
