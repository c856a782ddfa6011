import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import { type GoodVerification, lastGoodOf, type Verification } from '../ledger/verification.ts';
import { sideBySide } from '../side-by-side.ts';

/**
 * How many backups are looked through for the newest one that is verified, or that is usable. Most backups are never
 * verified, and after a disaster all may have lost their parts.
 */
export const newestCount = 200;
const readsAtOnce = 20;

/** The last good verification of a backup. */
export interface VerifiedBackup extends GoodVerification {
  backupId: number;
}

/** Reads the last verification of a backup; undefined if there is none, or this version cannot read it. */
export async function verificationOf(
  cluster: string,
  backupId: number,
  { ledger }: Pick<Context, 'ledger'>,
): Promise<Verification | undefined> {
  try {
    return await ledger.readVerification(cluster, backupId);
  } catch (error) {
    if (isBackupError(error, 'LedgerCorrupt')) return undefined;
    throw error;
  }
}

/** Finds the last good verification of each of these backups, which are the newest first, in pieces. */
export async function* goodVerifications(
  cluster: string,
  backupIds: number[],
  context: Pick<Context, 'ledger'>,
): AsyncGenerator<VerifiedBackup> {
  for (let from = 0; from < Math.min(backupIds.length, newestCount); from += readsAtOnce) {
    const piece = backupIds.slice(from, Math.min(from + readsAtOnce, newestCount));
    const found = await sideBySide(piece, readsAtOnce, (id) => verificationOf(cluster, id, context));
    yield* found.flatMap((one) => {
      const good = one && lastGoodOf(one);
      return good ? [{ backupId: one.backupId, ...good }] : [];
    });
  }
}
