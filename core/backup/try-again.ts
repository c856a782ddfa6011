import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';

/** False where the lock is not this run's any more. */
export async function keepForTheNextTry(
  { cluster, runId, backupId }: Lock,
  { ledger }: Pick<Context, 'ledger'>,
): Promise<boolean> {
  try {
    // Called twice at once, the later one finds what the next try has written already.
    await ledger.changeLock(cluster, runId, (now) => (now.backupId === backupId ? forTheNextTry(now) : {}));
    return true;
  } catch (error) {
    if (isBackupError(error, 'LockLost')) return false;
    throw error;
  }
}

/** Nothing that belongs to the failed backup stays in the lock. */
function forTheNextTry({ attempt = 1 }: Lock): Partial<Lock> {
  return { attempt: attempt + 1, backupId: undefined, pause: undefined };
}
