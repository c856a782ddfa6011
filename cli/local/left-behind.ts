/** What a run finds that an earlier one left behind, and what it would leave behind itself. */

import { resumeByHand } from '../../core/connect/by-hand.ts';
import { isBackupError } from '../../core/errors.ts';
import { heldBy } from '../../core/ledger/lock/held-by.ts';
import { mayBePaused, type Pause } from '../../core/ledger/lock/lock.ts';
import { isRunAlive } from '../../core/ledger/lock/owner.ts';
import { mayBeTakenOver } from '../../core/ledger/lock/purpose.ts';
import { repair } from '../../core/repair/lock.ts';
import { localContext } from './context.ts';
import type { Session } from './session.ts';

/** A lock whose owner is gone is put right before anything else: exporting may be paused. */
export async function repairWhatIsLeft(session: Session): Promise<void> {
  const { context, display } = session;
  const { name: cluster } = session.options.cluster;
  const lock = await context.ledger.readLock(cluster);
  if (!lock && (await context.ledger.nothingOf(cluster))) {
    display.say(`The ledger ${context.ledger.home} is new: this is its first backup of ${cluster}.`);
  }
  if (!lock || !mayBeTakenOver(lock) || (await isRunAlive(lock, context)) !== 'gone') return;
  display.say(
    `${heldBy(lock, 'gone', context.commands).message} That run is gone: putting right what it left.`,
  );
  session.repairing = lock;
  // A signal waits for it: also the answer that shows whether exporting is resumed is not given up.
  const patient = await localContext(session.options.config, context.commands, {
    env: session.options.host.env,
    warn: (text) => display.say(text),
  });
  let repaired: Awaited<ReturnType<typeof repair>>;
  try {
    repaired = await repair(cluster, { force: false }, session.watch(patient.context));
  } catch (error) {
    // Another command was faster: it holds the lock now, or has given it back.
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
 * Whether exporting may be paused now, by this run or by the one that it repairs, as their locks say it. Of this run it
 * may have been seen to be resumed, and only the ledger did not take that.
 */
export function mayLeavePaused(session: Session): boolean {
  return pauseLeft(session) !== undefined;
}

function pauseLeft({ lock, view, repairing }: Session): Pause | undefined {
  if (repairing && mayBePaused(repairing)) return repairing.pause;
  const own = lock();
  return own && mayBePaused(own) && view().resumedAt === undefined ? own.pause : undefined;
}

/** What a process that ends at once leaves behind, and what to do about it. */
export function whatIsLeft(session: Session): string {
  const { options } = session;
  const { name } = options.cluster;
  const repairCommand = options.commands.repair(name);
  const pause = pauseLeft(session);
  if (!pause) {
    return `Ended at once. Exporting is not paused by this run. If its lock is left, the next run frees it, or: ${repairCommand}`;
  }
  // The repair of another run's pause may have ended it already.
  const surely = pause.pausedAt !== undefined && !session.repairing;
  return [
    `EXPORTING OF ${name} ${surely ? 'IS' : 'MAY BE'} LEFT PAUSED: Zeebe cannot compact its log until it is resumed.`,
    `Run: ${repairCommand}`,
    resumeByHand(pause.target),
  ].join('\n');
}
