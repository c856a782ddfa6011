import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import type { Manifest } from '../ledger/manifest.ts';
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

/**
 * True if a verification says something of the backup as it is recorded. One that was made while the backup was still
 * being taken saw only some of its parts.
 */
export function isAfterItsEnd(
  { verifiedAt }: Pick<Verification, 'verifiedAt'>,
  { state, endedAt }: Pick<Manifest, 'state' | 'endedAt'>,
): boolean {
  if (state === 'RUNNING') return false;
  return endedAt === undefined || Date.parse(verifiedAt) >= Date.parse(endedAt);
}

/** Reads the last verification of a backup; undefined if there is none that counts, or this version cannot read it. */
export async function verificationOf(
  manifest: Manifest,
  context: Pick<Context, 'ledger'>,
): Promise<Verification | undefined> {
  const found = await readIfPossible(manifest.cluster, manifest.backupId, context);
  return found && isAfterItsEnd(found, manifest) ? found : undefined;
}

async function readIfPossible(
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

/**
 * Finds the last good verification of each of these backups, which are the newest first, in pieces. Whether they are from
 * after the end of their backups is not yet known.
 */
export async function* goodVerifications(
  cluster: string,
  backupIds: number[],
  context: Pick<Context, 'ledger'>,
): AsyncGenerator<VerifiedBackup> {
  for (let from = 0; from < Math.min(backupIds.length, newestCount); from += readsAtOnce) {
    const piece = backupIds.slice(from, Math.min(from + readsAtOnce, newestCount));
    const found = await sideBySide(piece, readsAtOnce, (id) => readIfPossible(cluster, id, context));
    yield* found.flatMap((one) => {
      const good = one && lastGoodOf(one);
      return good ? [{ backupId: one.backupId, ...good }] : [];
    });
  }
}
