import { type BackupError, isBackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Ledger } from './ledger.ts';
import type { Manifest } from './manifest.ts';
import { readsAtOnce } from './manifests.ts';

/** A backup in the ledger: its manifest, or the error if it cannot be read; undefined if there is none. */
export type ManifestOrProblem = Manifest | BackupError | undefined;

/** Reads manifests by id. An unreadable manifest does not stop the others, and is not mistaken for a missing one. */
export async function readManifestsOrProblems(
  cluster: string,
  backupIds: number[],
  { ledger }: { ledger: Ledger },
): Promise<Map<number, ManifestOrProblem>> {
  const manifests = await sideBySide(
    backupIds,
    readsAtOnce,
    async (id): Promise<[number, ManifestOrProblem]> => {
      try {
        return [id, await ledger.readManifest(cluster, id)];
      } catch (error) {
        if (isBackupError(error, 'LedgerCorrupt')) return [id, error];
        throw error;
      }
    },
  );
  return new Map(manifests);
}
