import { afterLook } from '../../../core/backup/progress.ts';
import { BackupError } from '../../../core/errors.ts';
import { sparing } from '../../../core/pacing.ts';

/** The error of a component that says of its backup that it is FAILED, in these words. */
export function failedComponent(failureReason: string): BackupError {
  const startedAt = '2026-11-21T09:00:00.000Z';
  try {
    afterLook({
      component: 'zeebe',
      seen: { state: 'FAILED', parts: [], expectedParts: 3, failureReason },
      before: { state: 'IN_PROGRESS', startedAt, nextCheckAt: startedAt, partsDone: 0 },
      now: Date.parse(startedAt) + 1000,
      limits: { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 },
      pacing: sparing,
    });
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
  throw new Error('A failed backup counted as none');
}
