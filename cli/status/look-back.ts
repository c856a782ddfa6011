import { isBackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';

const failuresWithin = 30;
const atOnce = 10;

export interface Backups {
  completed?: Manifest | undefined;
  failed?: Manifest | undefined;
  /** Sentences about the manifests that cannot be read. */
  unreadable: string[];
  /** True if the ledger has any backup of the cluster. */
  any: boolean;
}

/** Finds the newest completed backup, however old, and the newest failed one among the newest thirty. */
export async function lookBack(cluster: string, ledger: Ledger): Promise<Backups> {
  const ids = (await ledger.backupIds(cluster)).reverse();
  const found: Backups = { unreadable: [], any: ids.length > 0 };
  for (let from = 0; from < ids.length; from += atOnce) {
    if (found.completed && (found.failed || from >= failuresWithin)) break;
    const manifests = await Promise.all(
      ids.slice(from, from + atOnce).map((id) => readOrNote(cluster, id, ledger, found.unreadable)),
    );
    found.completed ??= manifests.find((one) => one?.state === 'COMPLETED');
    found.failed ??= manifests.find((one) => one?.state === 'FAILED');
  }
  return found;
}

async function readOrNote(cluster: string, id: number, ledger: Ledger, unreadable: string[]) {
  try {
    return await ledger.readManifest(cluster, id);
  } catch (error) {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    unreadable.push(error.message);
    return undefined;
  }
}
