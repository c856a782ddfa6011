import type { Context } from '../../core/context.ts';
import { isBackupError } from '../../core/errors.ts';
import type { RecoveryPoint, VerifiedPoint } from '../../core/inventory/backup.ts';
import { firstUsable, firstVerified } from '../../core/inventory/recovery-points.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';

type LookNeeds = Pick<Context, 'ledger'> & { clock: Pick<Context['clock'], 'now'> };

const failuresWithin = 30;
const atOnce = 10;

export interface Backups {
  completed?: Manifest | undefined;
  failed?: Manifest | undefined;
  usable?: RecoveryPoint | undefined;
  verified: VerifiedPoint | null;
  /** Sentences about the manifests that cannot be read. */
  unreadable: string[];
  /** True if the ledger has any backup of the cluster. */
  any: boolean;
}

/** Finds the newest completed and usable backups, however old, and the newest failed one among the newest thirty. */
export async function lookBack(cluster: string, context: LookNeeds): Promise<Backups> {
  const { ledger } = context;
  const ids = (await ledger.backupIds(cluster)).reverse();
  const verified = await firstVerified(cluster, ids, context);
  const found: Backups = { unreadable: [], any: ids.length > 0, verified };
  for (let from = 0; from < ids.length; from += atOnce) {
    if (found.completed && found.usable && (found.failed || from >= failuresWithin)) break;
    const manifests = await Promise.all(
      ids.slice(from, from + atOnce).map((id) => readOrNote(cluster, id, ledger, found.unreadable)),
    );
    found.completed ??= manifests.find((one) => one?.state === 'COMPLETED');
    found.usable ??= await firstUsable(
      manifests.filter((one) => one !== undefined),
      context,
    );
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
