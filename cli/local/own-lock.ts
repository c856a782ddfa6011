/**
 * A run that was silent for so long that others take it for dead may only repair its lock, as any other process may.
 */

import { resumeByHand } from '../../core/connect/by-hand.ts';
import type { Context } from '../../core/context.ts';
import { resumedUnwritten } from '../../core/error-names.ts';
import { describe, isBackupError } from '../../core/errors.ts';
import { mayBePaused } from '../../core/ledger/lock/lock.ts';
import { readHeldLock, waysToResume } from '../../core/ledger/lock/ways-to-resume.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import { type Repaired, repairLock } from '../../core/repair/lock.ts';
import { endUnneededPause } from '../../core/repair/unexplained-pause.ts';
import { exportingResumed } from '../screen/view-changes.ts';
import { mayLeavePaused } from './left-behind.ts';
import { newRunId } from './run-id.ts';
import type { Session } from './session.ts';

/** Together 46 minutes, like the retries of the state machine. That is longer than the restart of a broker takes. */
const tries = 92;
const secondsBetweenTries = 30;

/**
 * Repairs the lock like that of a dead run, if it is still this run's own. It retries while exporting may be paused on
 * behalf of this run, because no other process may ever repair it.
 */
export async function putOwnLockRight(session: Session, failure: Failure, context: Context): Promise<void> {
  const { options, runId, display } = session;
  const { name: cluster } = options.cluster;
  try {
    for (let left = tries - 1; ; left--) {
      const { lock, release } = await context.ledger.readLockOrRelease(cluster);
      if (lock?.runId !== runId) {
        display.say(
          `The lock of ${cluster} is not this run's any more: another process has repaired what it left.`,
        );
        // The repair may have come before a pause request of this run that was still in flight.
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
    display.say(`This run could not repair what it leaves: ${describe(error)}`);
    display.say(whatMayBePaused(session));
  }
}

function noteResumed({ change, now }: Session): void {
  change((view) => exportingResumed(view, now()));
}

function sayTriedAgain(session: Session, error: unknown): void {
  const minutes = (tries * secondsBetweenTries) / 60;
  session.display.say(
    `This run could not repair what it leaves, and retries for ${minutes} minutes: ${describe(error)}`,
  );
  session.display.say(whatMayBePaused(session));
}

function sayRepaired({ exporting, unreadable }: Repaired, session: Session): void {
  const { display } = session;
  if (exporting !== 'not-paused') noteResumed(session);
  const resumed =
    exporting === 'not-paused' ? 'Exporting was not paused by this run.' : 'Exporting is resumed.';
  display.say(`${resumed} The lock is free.`);
  if (unreadable) display.say(unreadable.message);
}

/** Ends a pause that no lock explains any more, but only if no restore and no other backup is seen to need it. */
async function endLatePause(session: Session, context: Context): Promise<void> {
  const { options, display } = session;
  const { name, cluster } = options.cluster;
  const id = newRunId('resume', context.clock.now());
  let ended: Awaited<ReturnType<typeof endUnneededPause>>;
  try {
    ended = await endUnneededPause(name, cluster, { id }, context);
  } catch (error) {
    display.say(
      `EXPORTING OF ${name} MAY BE LEFT PAUSED by a pause request of this run that arrived after that repair: ${describe(error)}`,
    );
    // A ledger that does not answer shows no holder, and the command that is advised then looks for one itself.
    const lock = await readHeldLock(name, context).catch(() => undefined);
    display.say(waysToResume(name, cluster.zeebe, options.commands, { lock }).join('\n'));
    return;
  }
  noteResumed(session);
  display.say(
    ended
      ? `A pause request of this run arrived after that repair: exporting is resumed (${ended.resumeProof}).`
      : 'Exporting is not paused.',
  );
}

function whatMayBePaused({ options, view }: Session): string {
  const { name, cluster } = options.cluster;
  const repairCommand = `As soon as the ledger can be written, run: ${options.commands.repair(name)}`;
  if (view().resumedAt !== undefined) {
    return `Exporting of ${name} is resumed, but the ledger could not record it, so the lock stays. ${repairCommand}`;
  }
  return [`EXPORTING OF ${name} MAY BE LEFT PAUSED.`, repairCommand, resumeByHand(cluster.zeebe)].join('\n');
}
