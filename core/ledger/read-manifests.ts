import { type BackupError, isBackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import { type Ledger, readsAtOnce } from './ledger.ts';
import type { Manifest } from './manifest.ts';

/** What the ledger says of a backup: its manifest, why that cannot be read, or nothing. */
export type ManifestOrProblem = Manifest | BackupError | undefined;

/** By id. A document that cannot be read keeps nobody from reading the others, and is not taken for one that is not there. */
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
