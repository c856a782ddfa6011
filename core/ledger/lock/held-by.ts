import type { Commands } from '../../commands.ts';
import { BackupError } from '../../errors.ts';
import type { Holder } from './holder.ts';
import { mayBePaused } from './lock.ts';
import { type Alive, describeOwner } from './owner.ts';
import { goOnWithIt, type WhenOwnerIsGone, whenOwnerIsGone, whoHolds } from './purpose.ts';

/** The remedies for a lock whose owner is alive. */
const waiting: Record<WhenOwnerIsGone, string> = {
  undo: 'Wait for it, or end it (Ctrl-C, SIGTERM): it resumes exporting before it ends.',
  free: 'Wait for it.',
  keep: `Wait for it. ${goOnWithIt}`,
};

/** Makes the error for a lock that is held, with a remedy. `trouble` is the reason why `alive` is unknown. */
export function heldBy(
  lock: Holder,
  alive: Alive,
  commands: Pick<Commands, 'repair'>,
  trouble?: BackupError,
): BackupError {
  const { cluster, runId, owner, acquiredAt } = lock;
  const paused = mayBePaused(lock) ? ' Exporting may be paused on its behalf.' : '';
  const unseen = trouble ? ` Whether its owner lives is not known: ${trouble.message}.` : '';
  return new BackupError(
    'LockHeld',
    `The lock of ${cluster} is held by ${whoHolds(lock)} (${runId}, ${describeOwner(owner)}) since ${acquiredAt}.${paused}${unseen}`,
    { remedy: remedyForHeldLock(lock, alive, commands) },
  );
}

function remedyForHeldLock(lock: Holder, alive: Alive, commands: Pick<Commands, 'repair'>): string {
  const policy = whenOwnerIsGone(lock);
  if (alive === 'alive') return waiting[policy];
  if (policy === 'keep') return goOnWithIt;
  if (alive === 'gone') return `Run: ${commands.repair(lock.cluster)}`;
  return `It is not visible from here whether the owner still runs. If you know that it does not, run: ${commands.repair(lock.cluster, { force: true })}`;
}
