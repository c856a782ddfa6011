import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import { type Manifest, manifest as manifestSchema } from './manifest.ts';
import { type Listed, newestIds, unorderedName } from './newest-ids.ts';
import type { Store } from './store/store.ts';

/** How many documents are read concurrently. S3 answers several requests as fast as one. */
export const readsAtOnce = 10;

const unordered = z.strictObject({ format: z.literal(1), cluster: z.string() });

/** The manifests of the backups, and the ids under which they are found. */
export function manifests(store: Store, warn: (text: string) => void) {
  const manifestOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.manifest(cluster, backupId), manifestSchema);

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

  /** Reads the manifests of these ids, one after another. It warns about an unreadable manifest and omits it. */
  async function* eachManifest(cluster: string, backupIds: Iterable<number>): AsyncGenerator<Manifest> {
    for (const id of backupIds) {
      const found = await readManifestOrWarn(cluster, id);
      if (found) yield found;
    }
  }

  /** Reads the manifests of these ids, in the same order. It warns about an unreadable manifest and omits it. */
  async function readManifests(cluster: string, backupIds: number[]): Promise<Manifest[]> {
    const found = await sideBySide(backupIds, readsAtOnce, (id) => readManifestOrWarn(cluster, id));
    return found.filter((one) => one !== undefined);
  }

  /** Finds the first completed backup of these ids, which must be the newest first. */
  async function lastCompleted(cluster: string, backupIds: Iterable<number>): Promise<Manifest | undefined> {
    for await (const manifest of eachManifest(cluster, backupIds)) {
      if (manifest.state === 'COMPLETED') return manifest;
    }
    return undefined;
  }

  return {
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

    readManifests,

    manifestLocation: (cluster: string, backupId: number) => manifestOf(cluster, backupId).location(),

    /** Lists every id that this ledger has ever used, sorted. */
    backupIds: async (cluster: string) => (await listIds(cluster)).ids.sort((a, b) => a - b),

    /** Lists the newest ids, the newest first; see newest-ids.ts. */
    newestIds: (cluster: string, count: number, { clock }: { clock: Pick<Clock, 'now'> }) =>
      newestIds((after) => listIds(cluster, after), count, clock.now()),

    /** Marks a cluster that has an id which is no moment, so that its newest ids are not looked for by their names. */
    async markUnordered(cluster: string): Promise<void> {
      await documentIn(store, keys.unordered(cluster), unordered).create({ format: 1, cluster });
    },

    manifests: eachManifest,

    lastCompleted,

    /**
     * Finds the completed backups among the first ten of these ids, which must be the newest first; if there is none, the
     * first completed one of the others.
     */
    async lastCompletedOnes(cluster: string, backupIds: number[]): Promise<Manifest[]> {
      const recent = await readManifests(cluster, backupIds.slice(0, readsAtOnce));
      const completed = recent.filter(({ state }) => state === 'COMPLETED');
      if (completed.length > 0) return completed;
      const older = await lastCompleted(cluster, backupIds.slice(readsAtOnce));
      return older ? [older] : [];
    },
  };
}
