import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';

/** Prepares the lock for the next try of its run. Returns false if the lock does not belong to this run any more. */
export async function keepForTheNextTry(
  { cluster, runId, backupId }: Lock,
  { ledger }: Pick<Context, 'ledger'>,
): Promise<boolean> {
  try {
    // A duplicate call must not undo the changes of the next try.
    await ledger.changeLock(cluster, runId, (now) => (now.backupId === backupId ? forTheNextTry(now) : {}));
    return true;
  } catch (error) {
    if (isBackupError(error, 'LockLost')) return false;
    throw error;
  }
}

/** Removes everything that belongs to the failed backup from the lock. */
function forTheNextTry({ attempt = 1 }: Lock): Partial<Lock> {
  return { attempt: attempt + 1, backupId: undefined, pause: undefined };
}
