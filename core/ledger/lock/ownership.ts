import { BackupError } from '../../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Manifest } from '../manifest.ts';
import type { Run } from '../run.ts';
import { type Lock, mayBePaused, type Pause } from './lock.ts';

/** The lock, if this run owns it. Throws LockLost: a run that lost its lock must not touch the cluster. */
export async function requireLock(run: Run, { ledger }: { ledger: Ledger }): Promise<Lock> {
  const lock = await ledger.readLock(run.cluster);
  if (lock && owns(run, lock)) return lock;
  throw lockLost(run, lock);
}

/** A run may try twice: what belongs to its first backup must not touch the second one. */
export function owns({ runId, backupId }: Run, lock: Pick<Lock, 'runId' | 'backupId'>): boolean {
  return lock.runId === runId && lock.backupId === backupId;
}

/** Changes the lock if this run still owns it, in the moment of the change. Throws LockLost, and what `change` throws. */
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

export function lockLost(
  run: Pick<Run, 'cluster' | 'runId'>,
  lock: Pick<Lock, 'runId' | 'backupId' | 'repair'> | undefined,
): BackupError {
  let why = 'it was released';
  if (lock)
    why = `${lock.runId} holds it now${lock.backupId === undefined ? '' : ` for the backup ${lock.backupId}`}`;
  if (lock?.runId === run.runId && lock.repair)
    why = `the run is being put right since ${lock.repair.startedAt}`;
  return new BackupError(
    'LockLost',
    `The run ${run.runId} does not own the lock of ${run.cluster} any more: ${why}`,
    {
      remedy:
        'The run has ended, or somebody put it right while it was at work: see its manifest, and start a new backup.',
    },
  );
}

/** What a manifest says of exporting, from the lock. */
export function exportingOf(lock: Lock): Manifest['exporting'] {
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
