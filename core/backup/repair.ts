import { type Context, nowIso } from '../context.ts';
import { BackupError } from '../errors.ts';
import { type Lock, mayBePaused } from '../ledger/lock.ts';
import { describeOwner, isOwnerAlive } from '../ledger/owner.ts';
import { resumeAndProve } from './exporting.ts';
import { recordFailure } from './finish.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'>;

export interface Repaired {
  lock: Lock;
  exporting: 'not-paused' | 'answered' | 'proven';
}

/**
 * Puts right what a run left behind whose owner is gone: resumes exporting, marks the manifest FAILED, gives the
 * lock back. Returns undefined where there is no lock. Throws LockHeld when the owner runs, or when it cannot be
 * known from here and `force` is not set; ResumeFailed or Unreachable when exporting is still paused, and the
 * lock stays then.
 */
export async function repair(
  cluster: string,
  { force }: { force: boolean },
  context: Needs,
): Promise<Repaired | undefined> {
  const { ledger } = context;
  const lock = await ledger.readLock(cluster);
  if (!lock) return undefined;
  const alive = isOwnerAlive(lock.owner);
  if (alive === 'alive' || (alive === 'unknown' && !force)) throw heldBy(lock, alive);

  let exporting: Repaired['exporting'] = 'not-paused';
  if (mayBePaused(lock) && lock.exporting) {
    exporting = await resumeAndProve(lock.exporting, context);
    await ledger.changeLock(cluster, lock.runId, { resumedAt: nowIso(context), resumeProof: exporting });
  }
  const failure = {
    error: 'Abandoned',
    message: `The run ${lock.runId} (${describeOwner(lock.owner)}) ended without an end; its lock was found and repaired`,
  };
  await recordFailure(lock, failure, context);
  return { lock, exporting };
}

/** A lock that somebody holds, as a sentence with what to do. */
export function heldBy(lock: Lock, alive: 'alive' | 'gone' | 'unknown'): BackupError {
  const { cluster, runId, owner, acquiredAt, backupId } = lock;
  const what = backupId === undefined ? 'a run' : `the backup ${backupId}`;
  const paused = mayBePaused(lock) ? ' Exporting is paused on its behalf.' : '';
  const remedy = {
    alive: 'Wait for it, or end it (Ctrl-C, SIGTERM): it resumes exporting before it ends.',
    gone: `Run: camunda-backup repair --cluster ${cluster}`,
    unknown: `Whether it still runs cannot be seen from here. If you know that it does not, run: camunda-backup repair --cluster ${cluster} --force`,
  }[alive];
  return new BackupError(
    'LockHeld',
    `The lock of ${cluster} is held by ${what} (${runId}, ${describeOwner(owner)}) since ${acquiredAt}.${paused}`,
    { remedy },
  );
}
