import type { Ledger } from '../ledger.ts';
import type { Manifest } from '../manifest.ts';
import type { Run } from '../run.ts';
import { type Lock, mayBePaused, type Pause } from './lock.ts';
import { lockLost } from './lock-lost.ts';

/** Reads the lock if this run owns it. Throws LockLost, because a run without its lock must not change the cluster. */
export async function requireLock(run: Run, { ledger }: { ledger: Ledger }): Promise<Lock> {
  const lock = await ledger.readLock(run.cluster);
  if (lock && owns(run, lock)) return lock;
  throw lockLost(run, lock);
}

/** A run may try twice, so the id must match too: a late call of the first try must not touch the second backup. */
export function owns({ runId, backupId }: Run, lock: Pick<Lock, 'runId' | 'backupId'>): boolean {
  return lock.runId === runId && lock.backupId === backupId;
}

/** Changes the lock if this run still owns it at that moment. Throws LockLost, and the errors of `change`. */
export function changeOwnLock(
  run: Run,
  change: (lock: Lock) => Partial<Lock>,
  { ledger }: { ledger: Ledger },
): Promise<Lock> {
  return ledger.changeLock(run.cluster, run.runId, (lock) => {
    if (!owns(run, lock)) throw lockLost(run, lock);
    return change(lock);
  });
}

/** Makes the manifest's part about exporting from the lock. */
export function exportingForManifest(lock: Lock): Manifest['exporting'] {
  const { pausedAt, proof, heldAt, heldProof, resumedAt, resumeProof }: Partial<Pause> = lock.pause ?? {};
  return {
    ...(pausedAt ? { pausedAt } : {}),
    ...(proof ? { pauseProof: proof } : {}),
    ...(heldProof === 'proven' ? { pauseHeldAt: heldAt } : {}),
    ...(resumedAt ? { resumedAt } : {}),
    ...(resumeProof ? { resumeProof } : {}),
    leftPaused: mayBePaused(lock),
  };
}
