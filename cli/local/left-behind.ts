/** The leftovers of an earlier run that a run finds, and those that it would leave itself. */

import { resumeByHand } from '../../core/connect/by-hand.ts';
import { isBackupError } from '../../core/errors.ts';
import { heldBy } from '../../core/ledger/lock/held-by.ts';
import { mayBePaused, type Pause } from '../../core/ledger/lock/lock.ts';
import { isRunAlive } from '../../core/ledger/lock/owner.ts';
import { mayBeTakenOver } from '../../core/ledger/lock/purpose.ts';
import { repair } from '../../core/repair/lock.ts';
import { localContext } from './context.ts';
import type { Session } from './session.ts';

/** Repairs the lock of a dead run before anything else, because exporting may be paused. */
export async function repairWhatIsLeft(session: Session): Promise<void> {
  const { context, display } = session;
  const { name: cluster } = session.options.cluster;
  const lock = await context.ledger.readLock(cluster);
  if (!lock && (await context.ledger.nothingOf(cluster))) {
    display.say(`The ledger ${context.ledger.home} is new: this is its first backup of ${cluster}.`);
  }
  if (!lock || !mayBeTakenOver(lock) || (await isRunAlive(lock, context)) !== 'gone') return;
  display.say(
    `${heldBy(lock, 'gone', context.commands).message} That run is dead: this command repairs what it left.`,
  );
  session.repairing = lock;
  // A signal does not cancel the repair, because its last answers show whether exporting is resumed.
  const patient = await localContext(session.options.config, context.commands, {
    env: session.options.host.env,
    warn: (text) => display.say(text),
  });
  let repaired: Awaited<ReturnType<typeof repair>>;
  try {
    repaired = await repair(cluster, { force: false }, session.watch(patient.context));
  } catch (error) {
    // Another command was faster. It holds the lock now, or has already released it.
    if (!isBackupError(error, 'LockLost', 'LockHeld')) throw error;
    session.repairing = undefined;
    display.say(error.message);
    return;
  } finally {
    await patient.close();
  }
  session.repairing = undefined;
  const exporting =
    repaired?.exporting === 'not-paused' ? 'Exporting was not paused by it.' : 'Exporting is resumed.';
  const isFailed = repaired?.manifest?.state === 'FAILED';
  const backup = isFailed ? ` The backup ${lock.backupId} is marked FAILED.` : '';
  display.say(`${exporting}${backup} The lock is free.`);
  if (repaired?.unreadable) display.say(repaired.unreadable.message);
}

/**
 * True if exporting may be paused now, according to the lock of this run or of the run that it repairs. If this run has
 * seen that exporting is resumed, that counts more than its lock, which the ledger may have failed to change.
 */
export function mayLeavePaused(session: Session): boolean {
  return pauseLeft(session) !== undefined;
}

function pauseLeft({ lock, view, repairing }: Session): Pause | undefined {
  if (repairing && mayBePaused(repairing)) return repairing.pause;
  const own = lock();
  return own && mayBePaused(own) && view().resumedAt === undefined ? own.pause : undefined;
}

/** Sentences about what a process leaves behind if it ends at once, with the remedy. */
export function whatIsLeft(session: Session): string {
  const { options } = session;
  const { name } = options.cluster;
  const repairCommand = options.commands.repair(name);
  const pause = pauseLeft(session);
  if (!pause) {
    return `Ended at once. This run does not keep exporting paused. If its lock is left, the next run frees it, or: ${repairCommand}`;
  }
  // The repair of another run may have ended its pause already.
  const surely = pause.pausedAt !== undefined && !session.repairing;
  return [
    `EXPORTING OF ${name} ${surely ? 'IS' : 'MAY BE'} LEFT PAUSED: Zeebe cannot compact its log until it is resumed.`,
    `Run: ${repairCommand}`,
    resumeByHand(pause.target),
  ].join('\n');
}
