import { isDeepStrictEqual } from 'node:util';
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
import { newestIds } from './newest-ids.ts';
import { restoreDocuments } from './restore-documents.ts';
import type { Store } from './store/store.ts';
import { strangeMemory } from './strange-memory.ts';
import { uses } from './use.ts';
import { type WatchMemory, watchMemory } from './watch-memory.ts';

/** Of a ledger that may be in S3: many at once are answered as fast as one. */
export const readsAtOnce = 10;

/**
 * The ledger of a cluster's backups: one lock, and for each backup a manifest and an entry for each component. keys.ts
 * says where each document is.
 *
 * Every component has an entry of its own because the applications are backed up side by side: each document
 * has one writer.
 */
export function ledger(
  store: Store,
  /** What people are told to type about a lock that cannot be read. */
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

  async function idsOf(cluster: string, after?: string): Promise<number[]> {
    const names = await store.folders(keys.backups(cluster), after);
    return names.map(Number).filter(Number.isSafeInteger);
  }

  async function readManifest(cluster: string, backupId: number): Promise<Manifest | undefined> {
    return (await manifestOf(cluster, backupId).read())?.value;
  }

  /** One that cannot be read is said and left out. */
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

    /** Where it is, for people. */
    home: store.home,

    /** False when there is a manifest of this id already. */
    createManifest: (manifest: Manifest) => manifestOf(manifest.cluster, manifest.backupId).create(manifest),

    /** Changes a manifest that nobody has changed since it was read. Throws LockLost otherwise. */
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
      throw new BackupError('LockLost', `Somebody else has changed ${document.location()} meanwhile`);
    },

    readManifest,

    /** The manifests of these ids that can be read, in the same order. One that cannot is said and left out. */
    async readManifests(cluster: string, backupIds: number[]): Promise<Manifest[]> {
      const found = await sideBySide(backupIds, readsAtOnce, (id) => readManifestOrWarn(cluster, id));
      return found.filter((one) => one !== undefined);
    },

    manifestLocation: (cluster: string, backupId: number) => manifestOf(cluster, backupId).location(),

    /**
     * Why this ledger can say nothing of a cluster: no run of it was ever at work in it. Then it knows of no pause
     * either. Undefined where it has something.
     */
    async nothingOf(cluster: string): Promise<BackupError | undefined> {
      // The lock is never removed; a person may have done it. Folders are fewer than documents.
      if (await store.read(keys.lock(cluster))) return undefined;
      for (const look of [store.folders, store.list]) {
        if ((await look(keys.all(cluster))).length > 0) return undefined;
      }
      const what = (await store.exists()) ? `has nothing of ${cluster}` : 'does not exist yet';
      return new BackupError(
        'LedgerEmpty',
        `The ledger ${store.home} ${what}: no backup of ${cluster} was begun with it, or it is another one than you mean`,
        {
          remedy:
            'If there were backups, use the configuration that they were made with: `ledger` in it says where they are written down.',
        },
      );
    },

    /** Every id that this ledger has ever used, sorted. */
    backupIds: async (cluster: string) => (await idsOf(cluster)).sort((a, b) => a - b),

    /** The ids of the backups, the newest first; see core/ledger/newest-ids.ts for what is read, and when. */
    newestIds: (cluster: string, { clock }: { clock: Pick<Clock, 'now'> }) =>
      newestIds((after) => idsOf(cluster, after), clock.now()),

    /** The manifests of these ids that can be read, one after another. One that cannot is said and left out. */
    async *manifests(
      cluster: string,
      backupIds: Iterable<number> | AsyncIterable<number>,
    ): AsyncGenerator<Manifest> {
      for await (const id of backupIds) {
        const found = await readManifestOrWarn(cluster, id);
        if (found) yield found;
      }
    },

    /** The first completed backup of these ids, which are the newest first. */
    async lastCompleted(
      cluster: string,
      backupIds: Iterable<number> | AsyncIterable<number>,
    ): Promise<Manifest | undefined> {
      for await (const manifest of this.manifests(cluster, backupIds)) {
        if (manifest.state === 'COMPLETED') return manifest;
      }
      return undefined;
    },

    /** Writes down that a component is about to be asked. False when this was written before. */
    createEntry: (cluster: string, backupId: number, entry: ComponentEntry) =>
      entryOf(cluster, backupId, entry.component).create(entry),

    /**
     * Changes an entry; `change` gets what is written now, and returns it where nothing changes: another call of the
     * same state may have written meanwhile. Undefined, and nothing written, where there is no entry.
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

    /** Changes what is remembered; `change` gets what is remembered now, and returns it where nothing changes. */
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
            // One that cannot be read is like one that is not there: it must not keep a run from ending.
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
