import type { ComponentName } from '../components/kinds.ts';
import { BackupError } from '../errors.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { type ComponentSnapshots, type RestoreFacts, restoreFacts, snapshotFacts } from './restore-facts.ts';
import type { Store } from './store/store.ts';

/** Several calls of one state may write the same document. */
const attempts = 5;

/** The documents beside a manifest that say what a restore needs. Each is written by its backup's run alone. */
export function restoreDocuments(store: Store) {
  const factsOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.restoreFacts(cluster, backupId), restoreFacts);
  // With hundreds of shards a line for each figure would more than double it.
  const snapshotsOf = (cluster: string, backupId: number, name: ComponentName) =>
    documentIn(store, keys.snapshots(cluster, backupId, name), snapshotFacts, { indent: 0 });

  return {
    /** False, and nothing written, where there are some. */
    createRestoreFacts: (facts: RestoreFacts) => factsOf(facts.cluster, facts.backupId).create(facts),

    writeRestoreFacts: (facts: RestoreFacts) => factsOf(facts.cluster, facts.backupId).write(facts),

    async readRestoreFacts(cluster: string, backupId: number): Promise<RestoreFacts | undefined> {
      return (await factsOf(cluster, backupId).read())?.value;
    },

    restoreFactsLocation: (cluster: string, backupId: number) => factsOf(cluster, backupId).location(),

    /** False, and nothing written, where the component has such a document. */
    createSnapshots: (snapshots: ComponentSnapshots) =>
      snapshotsOf(snapshots.cluster, snapshots.backupId, snapshots.component).create(snapshots),

    writeSnapshots: (snapshots: ComponentSnapshots) =>
      snapshotsOf(snapshots.cluster, snapshots.backupId, snapshots.component).write(snapshots),

    async readSnapshots(cluster: string, backupId: number, name: ComponentName) {
      return (await snapshotsOf(cluster, backupId, name).read())?.value;
    },

    /** Changes what is written of a component's snapshots, or what `empty` says where nothing is written. */
    async changeSnapshots(
      empty: ComponentSnapshots,
      change: (snapshots: ComponentSnapshots) => ComponentSnapshots,
    ): Promise<void> {
      const document = snapshotsOf(empty.cluster, empty.backupId, empty.component);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const found = await document.read();
        const next = change(found?.value ?? empty);
        if (next === found?.value) return;
        const done = found ? await document.replace(next, found.version) : await document.create(next);
        if (done) return;
      }
      throw new BackupError('LedgerError', `${document.location()} kept changing while it was written`);
    },
  };
}
