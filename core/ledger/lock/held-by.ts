import type { Commands } from '../../commands.ts';
import { BackupError } from '../../errors.ts';
import type { Holder } from './holder.ts';
import { mayBePaused } from './lock.ts';
import { type Alive, describeOwner } from './owner.ts';
import { goOnWithIt, type WhenOwnerIsGone, whenOwnerIsGone, whoHolds } from './purpose.ts';

/** What to do about a living owner. */
const waiting: Record<WhenOwnerIsGone, string> = {
  undo: 'Wait for it, or end it (Ctrl-C, SIGTERM): it resumes exporting before it ends.',
  free: 'Wait for it.',
  keep: `Wait for it. ${goOnWithIt}`,
};

/** A lock that somebody holds, as an error with what to do. */
export function heldBy(lock: Holder, alive: Alive, commands: Pick<Commands, 'repair'>): BackupError {
  const { cluster, runId, owner, acquiredAt } = lock;
  const paused = mayBePaused(lock) ? ' Exporting is paused on its behalf.' : '';
  return new BackupError(
    'LockHeld',
    `The lock of ${cluster} is held by ${whoHolds(lock)} (${runId}, ${describeOwner(owner)}) since ${acquiredAt}.${paused}`,
    { remedy: remedyForHeldLock(lock, alive, commands) },
  );
}

function remedyForHeldLock(lock: Holder, alive: Alive, commands: Pick<Commands, 'repair'>): string {
  const policy = whenOwnerIsGone(lock);
  if (alive === 'alive') return waiting[policy];
  if (policy === 'keep') return goOnWithIt;
  if (alive === 'gone') return `Run: ${commands.repair(lock.cluster)}`;
  return `Whether it still runs cannot be seen from here. If you know that it does not, run: ${commands.repair(lock.cluster, { force: true })}`;
}
