import type { Alert } from '../alert.ts';
import { nowIso } from '../clock.ts';
import type { Commands } from '../commands.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import type { LifeSigns } from '../ledger/lock/owner.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { isDue, type Moment, type Noticed, nothing } from './noticed.ts';

/**
 * Notices a lock that only its own command may end. The watchdog does not touch it. It alerts people when the lock begins
 * to wait for that command, and repeats the alert while it waits, because no backup is made in the meantime.
 */
export function noticeKeptLock(
  { lock, signs, commands }: { lock: Lock; signs: LifeSigns; commands: Commands },
  { toldOfWaiting }: Pick<WatchMemory, 'toldOfWaiting'>,
  clock: Moment,
): Noticed {
  const { runId } = lock;
  if (signs.alive === 'alive') return { alerts: [], memory: { toldOfWaiting: undefined } };
  const toldAt = toldOfWaiting?.runId === runId ? toldOfWaiting.at : undefined;
  if (!isDue(toldAt, 'lockWaiting', clock)) return nothing;
  const told = { toldOfWaiting: { runId, at: nowIso({ clock }) } };
  return { alerts: [{ alert: waitingLockAlert(lock, signs, commands), told }], memory: {} };
}

function waitingLockAlert(lock: Lock, { alive, trouble }: LifeSigns, commands: Commands): Alert {
  const { message, remedy } = heldBy(lock, alive, commands);
  const why = trouble?.message ?? 'it cannot be seen from here whether its run lives';
  const how = alive === 'gone' ? 'Its run is gone' : `Whether its run lives is not known (${why})`;
  return {
    kind: 'lockWaiting',
    severity: 'WARNING',
    cluster: lock.cluster,
    backupId: lock.backupId,
    reason: `${message} ${how}. Every backup of this cluster is SKIPPED until its command has ended.`,
    ...(remedy === undefined ? {} : { remedy }),
    execution: executionUrl(lock.runId),
  };
}
