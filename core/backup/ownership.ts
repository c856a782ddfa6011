import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { type Lock, mayBePaused } from '../ledger/lock.ts';
import type { Run } from '../plan.ts';

/** The lock, if this run owns it. Throws LockLost: a run that lost its lock must not touch the cluster. */
export async function requireLock(run: Run, { ledger }: Pick<Context, 'ledger'>): Promise<Lock> {
  const lock = await ledger.readLock(run.cluster);
  if (lock?.runId === run.runId) return lock;
  throw lockLost(run, lock);
}

export function lockLost(run: Run, lock: Lock | undefined): BackupError {
  const why = lock ? `${lock.runId} holds it now` : 'it was released';
  return new BackupError(
    'LockLost',
    `The run ${run.runId} does not own the lock of ${run.cluster} any more: ${why}`,
    {
      remedy:
        'Somebody repaired this run while it was still alive; see the manifest for who, and start a new backup.',
    },
  );
}

/** What a manifest says of exporting, from the lock. */
export function exportingOf(lock: Lock | undefined) {
  return {
    ...(lock?.pausedAt ? { pausedAt: lock.pausedAt } : {}),
    ...(lock?.pauseProof ? { pauseProof: lock.pauseProof } : {}),
    ...(lock?.resumedAt ? { resumedAt: lock.resumedAt } : {}),
    ...(lock?.resumeProof ? { resumeProof: lock.resumeProof } : {}),
    leftPaused: lock ? mayBePaused(lock) : false,
  };
}
