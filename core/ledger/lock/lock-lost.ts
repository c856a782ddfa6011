import { BackupError } from '../../errors.ts';
import type { Run } from '../run.ts';
import type { Lock } from './lock.ts';

/** The parts of the current lock that say why a run does not own it any more. */
interface Current extends Pick<Lock, 'runId' | 'repair'> {
  backupId?: number | string | undefined;
}

/** Makes the error for a run that does not own the lock any more. `lock` is the current lock. */
export function lockLost(
  run: Pick<Run, 'cluster' | 'runId'>,
  lock: Current | undefined,
  location = `of ${run.cluster}`,
): BackupError {
  let why = 'it was released';
  if (lock)
    why = `${lock.runId} holds it now${lock.backupId === undefined ? '' : ` for the backup ${lock.backupId}`}`;
  if (lock?.runId === run.runId && lock.repair)
    why = `the run has been under repair since ${lock.repair.startedAt}`;
  return new BackupError(
    'LockLost',
    `The run ${run.runId} does not own the lock ${location} any more: ${why}`,
    {
      remedy:
        'The run has ended, or another process has repaired it while it was running: see its manifest, and start a new backup.',
    },
  );
}
