/** What a run may do that was silent for so long that others take it for dead: what anybody may, with its own lock. */

import { resumeByHand, waysToResume } from '../../core/connect/by-hand.ts';
import type { Context } from '../../core/context.ts';
import { resumedUnwritten } from '../../core/error-names.ts';
import { describe, isBackupError } from '../../core/errors.ts';
import { mayBePaused } from '../../core/ledger/lock/lock.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import { type Repaired, repairLock } from '../../core/repair/lock.ts';
import { endUnneededPause } from '../../core/repair/unexplained-pause.ts';
import { exportingResumed } from '../screen/view-changes.ts';
import { mayLeavePaused } from './left-behind.ts';
import { newRunId } from './run-id.ts';
import type { Session } from './session.ts';

/** Together 46 minutes, as the state machine takes for it: longer than a broker takes to restart. */
const tries = 92;
const secondsBetweenTries = 30;

/**
 * Puts right a lock that is still this run's own, like that of any run that is gone, and tries again as long as
 * exporting may be paused on its behalf: nobody else may come.
 */
export async function putOwnLockRight(session: Session, failure: Failure, context: Context): Promise<void> {
  const { options, runId, display } = session;
  const { name: cluster } = options.cluster;
  try {
    for (let left = tries - 1; ; left--) {
      const { lock, release } = await context.ledger.readLockOrRelease(cluster);
      if (lock?.runId !== runId) {
        display.say(
          `The lock of ${cluster} is not this run's any more: somebody has put right what it left.`,
        );
        // That one may have done so before a pause of this run's that was on its way.
        const isLast = !lock && release?.releasedBy === runId && release.repaired;
        if (isLast && mayLeavePaused(session)) await endLatePause(session, context);
        return;
      }
      try {
        sayRepaired(await repairLock(lock, failure, context), session);
        return;
      } catch (error) {
        if (isBackupError(error) && resumedUnwritten.includes(error.name)) {
          noteResumed(session);
          throw error;
        }
        if (left === 0 || !mayBePaused(lock)) throw error;
        if (left === tries - 1) sayTriedAgain(session, error);
        await context.clock.sleep(secondsBetweenTries * 1000);
      }
    }
  } catch (error) {
    display.say(`What this run leaves could not be put right: ${describe(error)}`);
    display.say(whatMayBePaused(session));
  }
}

function noteResumed({ change, now }: Session): void {
  change((view) => exportingResumed(view, now()));
}

function sayTriedAgain(session: Session, error: unknown): void {
  const minutes = (tries * secondsBetweenTries) / 60;
  session.display.say(
    `What this run leaves could not be put right, and is tried again for ${minutes} minutes: ${describe(error)}`,
  );
  session.display.say(whatMayBePaused(session));
}

function sayRepaired({ exporting, unreadable }: Repaired, session: Session): void {
  const { display } = session;
  if (exporting !== 'not-paused') noteResumed(session);
  const resumed = exporting === 'not-paused' ? 'Exporting was not paused.' : 'Exporting is resumed.';
  display.say(`${resumed} The lock is free.`);
  if (unreadable) display.say(unreadable.message);
}

/** Nobody's lock explains it any more: it is ended only where nobody is seen to need it. */
async function endLatePause(session: Session, context: Context): Promise<void> {
  const { options, display } = session;
  const { name, cluster } = options.cluster;
  const id = newRunId('resume', context.clock.now());
  let ended: Awaited<ReturnType<typeof endUnneededPause>>;
  try {
    ended = await endUnneededPause(name, cluster, { id }, context);
  } catch (error) {
    display.say(
      `EXPORTING OF ${name} MAY BE LEFT PAUSED by a pause that this run had asked for and that came after that: ${describe(error)}`,
    );
    display.say(waysToResume(name, cluster.zeebe, options.commands, { isLedgerEmpty: false }).join('\n'));
    return;
  }
  noteResumed(session);
  display.say(
    ended
      ? `A pause that this run had asked for came after that: exporting is resumed (${ended.resumeProof}).`
      : 'Exporting is not paused.',
  );
}

function whatMayBePaused({ options, view }: Session): string {
  const { name, cluster } = options.cluster;
  const repairCommand = `As soon as the ledger can be written, run: ${options.commands.repair(name)}`;
  if (view().resumedAt !== undefined) {
    return `Exporting of ${name} is resumed, which could not be written down: the lock stays. ${repairCommand}`;
  }
  return [`EXPORTING OF ${name} MAY BE LEFT PAUSED.`, repairCommand, resumeByHand(cluster.zeebe)].join('\n');
}
