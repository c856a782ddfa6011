import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Commands } from '../commands.ts';
import { type ComponentName, componentNames } from '../components/kinds.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import { documentIn } from './document.ts';
import { heartbeats } from './heartbeat.ts';
import { type Intervention, intervention } from './intervention.ts';
import * as keys from './keys.ts';
import { lockDocuments, strangeLocks } from './lock/document.ts';
import { locks } from './lock/locks.ts';
import {
  type ComponentEntry,
  componentEntry,
  type Manifest,
  manifest as manifestSchema,
} from './manifest.ts';
import { type Listed, newestIds, unorderedName } from './newest-ids.ts';
import { restoreDocuments } from './restore-documents.ts';
import type { Store } from './store/store.ts';
import { strangeMemory } from './strange-memory.ts';
import { uses } from './use.ts';
import { type WatchMemory, watchMemory } from './watch-memory.ts';

/** How many documents are read concurrently. S3 answers several requests as fast as one. */
export const readsAtOnce = 10;

const unordered = z.strictObject({ format: z.literal(1), cluster: z.string() });

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
  const memoryOf = (cluster: string) => documentIn(store, keys.memory(cluster), watchMemory);
  const interventionOf = ({ cluster, id }: Intervention) =>
    documentIn(store, keys.intervention(cluster, id), intervention);
  const manifestOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.manifest(cluster, backupId), manifestSchema);
  const entryOf = (cluster: string, backupId: number, name: ComponentName) =>
    documentIn(store, keys.entry(cluster, backupId, name), componentEntry);

  const { beat, secondsWithoutBeat } = heartbeats(store);

  async function listIds(cluster: string, after?: string): Promise<Listed> {
    const names = await store.folders(keys.backups(cluster), after);
    return {
      ids: names.map(Number).filter(Number.isSafeInteger),
      areMoments: !names.includes(unorderedName),
    };
  }

  async function readManifest(cluster: string, backupId: number): Promise<Manifest | undefined> {
    return (await manifestOf(cluster, backupId).read())?.value;
  }

  /** Warns about a manifest that cannot be read, and returns undefined for it. */
  async function readManifestOrWarn(cluster: string, backupId: number): Promise<Manifest | undefined> {
    try {
      return await readManifest(cluster, backupId);
    } catch (error) {
      if (!isBackupError(error, 'LedgerCorrupt')) throw error;
      warn(error.message);
      return undefined;
    }
  }

  return {
    beat,
    secondsWithoutBeat,
    ...locks(lockOf),
    ...strangeLocks(store, lockOf),
    ...strangeMemory(store, memoryOf),
    ...restoreDocuments(store),
    ...uses(store),

    /** The location of the ledger, for people. */
    home: store.home,

    /** Returns false if a manifest with this id already exists. */
    createManifest: (manifest: Manifest) => manifestOf(manifest.cluster, manifest.backupId).create(manifest),

    /** Changes a manifest. Throws LockLost if another process has changed it meanwhile. */
    async changeManifest(
      cluster: string,
      backupId: number,
      change: (manifest: Manifest) => Manifest | Promise<Manifest>,
    ): Promise<Manifest | undefined> {
      const document = manifestOf(cluster, backupId);
      const found = await document.read();
      if (!found) return undefined;
      const next = await change(found.value);
      if (next === found.value || (await document.replace(next, found.version))) return next;
      throw new BackupError('LockLost', `Another process has changed ${document.location()} meanwhile`);
    },

    readManifest,

    /** Reads the manifests of these ids, in the same order. It warns about an unreadable manifest and omits it. */
    async readManifests(cluster: string, backupIds: number[]): Promise<Manifest[]> {
      const found = await sideBySide(backupIds, readsAtOnce, (id) => readManifestOrWarn(cluster, id));
      return found.filter((one) => one !== undefined);
    },

    manifestLocation: (cluster: string, backupId: number) => manifestOf(cluster, backupId).location(),

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

    /** Lists every id that this ledger has ever used, sorted. */
    backupIds: async (cluster: string) => (await listIds(cluster)).ids.sort((a, b) => a - b),

    /** Lists the newest ids, the newest first; see newest-ids.ts. */
    newestIds: (cluster: string, count: number, { clock }: { clock: Pick<Clock, 'now'> }) =>
      newestIds((after) => listIds(cluster, after), count, clock.now()),

    /** Marks a cluster that has an id which is no moment, so that its newest ids are not looked for by their names. */
    async markUnordered(cluster: string): Promise<void> {
      await documentIn(store, keys.unordered(cluster), unordered).create({ format: 1, cluster });
    },

    /** Reads the manifests of these ids, one after another. It warns about an unreadable manifest and omits it. */
    async *manifests(cluster: string, backupIds: Iterable<number>): AsyncGenerator<Manifest> {
      for (const id of backupIds) {
        const found = await readManifestOrWarn(cluster, id);
        if (found) yield found;
      }
    },

    /** Finds the first completed backup of these ids, which must be the newest first. */
    async lastCompleted(cluster: string, backupIds: Iterable<number>): Promise<Manifest | undefined> {
      for await (const manifest of this.manifests(cluster, backupIds)) {
        if (manifest.state === 'COMPLETED') return manifest;
      }
      return undefined;
    },

    /** Records that a component is about to be asked for a backup. Returns false if this was recorded before. */
    createEntry: (cluster: string, backupId: number, entry: ComponentEntry) =>
      entryOf(cluster, backupId, entry.component).create(entry),

    /**
     * Changes an entry. `change` gets the current entry, because a concurrent call of the same state may have changed
     * it, and returns it unchanged to write nothing. Undefined if there is no entry; then nothing is written.
     */
    async changeEntry(
      cluster: string,
      backupId: number,
      name: ComponentName,
      change: (entry: ComponentEntry) => ComponentEntry,
    ): Promise<ComponentEntry | undefined> {
      const document = entryOf(cluster, backupId, name);
      for (let attempt = 0; attempt < 5; attempt++) {
        const found = await document.read();
        if (!found) return undefined;
        const next = change(found.value);
        if (next === found.value || (await document.replace(next, found.version))) return next;
      }
      throw new BackupError('LedgerError', `${document.location()} kept changing while it was written`);
    },

    async readEntry(cluster: string, backupId: number, name: ComponentName) {
      return (await entryOf(cluster, backupId, name).read())?.value;
    },

    async readMemory(cluster: string): Promise<WatchMemory | undefined> {
      return (await memoryOf(cluster).read())?.value;
    },

    /** Changes the watchdog's memory. `change` gets the current memory, and returns it unchanged to write nothing. */
    async changeMemory(
      cluster: string,
      change: (memory: WatchMemory | undefined) => WatchMemory | undefined,
    ): Promise<void> {
      const document = memoryOf(cluster);
      for (let attempt = 0; attempt < 5; attempt++) {
        const found = await document.read();
        const next = change(found?.value);
        if (!next || isDeepStrictEqual(next, found?.value)) return;
        const done = found ? await document.replace(next, found.version) : await document.create(next);
        if (done) return;
      }
      throw new BackupError('LedgerError', `${document.location()} kept changing while it was written`);
    },

    writeIntervention: (one: Intervention) => interventionOf(one).write(one),

    interventionLocation: (one: Intervention) => interventionOf(one).location(),

    async readEntries(cluster: string, backupId: number): Promise<ComponentEntry[]> {
      const entries = await Promise.all(
        componentNames.map(async (name) => {
          try {
            return await this.readEntry(cluster, backupId, name);
          } catch (error) {
            // An unreadable entry counts as missing, because it must not stop a run from ending.
            if (!isBackupError(error, 'LedgerCorrupt')) throw error;
            warn(error.message);
            return undefined;
          }
        }),
      );
      return entries.filter((entry) => entry !== undefined);
    },
  };
}
export type Ledger = ReturnType<typeof ledger>;
