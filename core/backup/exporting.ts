import { alreadyPaused } from '../checks/already-paused.ts';
import { isAhead, nowIso } from '../clock.ts';
import {
  type Proof,
  pauseExporting,
  proofOf,
  readReplicas,
  replicasThat,
  resumeExporting,
  unknownOf,
} from '../components/zeebe/exporting.ts';
import type { ExportingTarget } from '../components/zeebe/exporting-target.ts';
import { formatSeconds } from '../config/duration.ts';
import { management, restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { changeOfPause, type Lock, mayBePaused } from '../ledger/lock/lock.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import { changeOwnLock, owns, requireLock } from '../ledger/lock/ownership.ts';
import { mayBeTakenOver } from '../ledger/lock/purpose.ts';
import { remember, unwritten, writeResumed } from '../ledger/lock/unwritten-resume.ts';
import type { Run } from '../ledger/run.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'>;

/**
 * Soft-pauses exporting for this run. A duplicate call pauses again, which changes nothing; after the resume, it
 * refuses. Throws ExportingAlreadyPaused (it has changed nothing), LockLost, PauseFailed or Unreachable.
 */
export async function pauseForBackup(
  run: Run,
  target: ExportingTarget,
  context: Needs & Pick<Context, 'commands'>,
) {
  const { ledger } = context;
  const { zeebe, read } = serversOf(target, context);
  const lock = await requireLock(run, context);
  requireUnclaimed(run, lock);
  if (lock.pause?.resumedAt) {
    throw new BackupError(
      'LockLost',
      `The run ${run.runId} has already resumed exporting, and does not pause it again`,
    );
  }
  if (!lock.pause) {
    const resume = context.commands.repair(run.cluster, { resumeUnexplained: true });
    const paused = target.mayBePausedBefore ? undefined : alreadyPaused(await read(), target, resume);
    if (paused) throw paused;
    const asking = { target, requestedAt: nowIso(context) };
    await changeUnclaimed(run, () => ({ pause: asking }), context);
  }
  try {
    await pauseExporting(zeebe);
    const proof = proofOf(await read(), target, 'SOFT_PAUSED', 'PauseFailed');
    const pausedAt = lock.pause?.pausedAt ?? nowIso(context);
    await changeUnclaimed(run, (now) => changeOfPause(now, { pausedAt, proof }), context);
    return { pausedAt, pauseProof: proof };
  } catch (error) {
    if (await isForgotten(run, ledger)) await resumeExporting(zeebe);
    throw error;
  }
}

/**
 * True if no other process will end the pause that this run has just requested. That is so if the run was repaired
 * while its request was in flight, because the repair has already read the pause. Otherwise the lock still names this
 * pause, or belongs to another run that has paused for itself. A next run that has not paused yet would find the pause
 * and refuse.
 */
async function isForgotten(run: Run, ledger: Needs['ledger']): Promise<boolean> {
  let held: Lock | undefined;
  try {
    held = await ledger.readLock(run.cluster);
  } catch {
    // It may be the pause of the next run. The error of the pause itself is thrown instead of this one.
    return false;
  }
  if (!held) return true;
  // Under a lock that only its own command may end, no other run may resume, not even for its own pause.
  if (!owns(run, held)) return mayBeTakenOver(held) && !mayBePaused(held);
  return held.repair !== undefined || !mayBePaused(held);
}

function changeUnclaimed(run: Run, change: (lock: Lock) => Partial<Lock>, context: Needs): Promise<Lock> {
  return changeOwnLock(
    run,
    (now) => {
      requireUnclaimed(run, now);
      return change(now);
    },
    context,
  );
}

/** Throws LockLost during a repair of this run: the repair has already read the pause, so no new one may follow. */
function requireUnclaimed(run: Run, lock: Lock): void {
  if (lock.repair) throw lockLost(run, lock);
}

/**
 * Returns the moment after which the pause of this run is too long, in milliseconds since 1970; undefined if exporting
 * is not paused. Throws PausedTooLong after that moment, or if the clock was set back in the meantime, so that the
 * length of the pause is not known.
 */
export async function requirePauseBudget(
  run: Run,
  { maxPauseSeconds }: { maxPauseSeconds: number },
  context: Needs,
): Promise<number | undefined> {
  const lock = await requireLock(run, context);
  if (!mayBePaused(lock)) return undefined;
  const { requestedAt } = lock.pause;
  if (isAhead(requestedAt, context.clock)) {
    throw new BackupError(
      'PausedTooLong',
      `Exporting has been paused since a moment in the future (${requestedAt}): a clock is or was wrong, so the length of the pause is not known; ${formatSeconds(maxPauseSeconds)} are allowed`,
      { remedy: 'Set the clocks of the machines that run backups, and start a new backup.' },
    );
  }
  const seconds = (context.clock.now() - Date.parse(requestedAt)) / 1000;
  if (seconds <= maxPauseSeconds) return Date.parse(requestedAt) + maxPauseSeconds * 1000;
  throw new BackupError(
    'PausedTooLong',
    `Exporting has been paused for ${formatSeconds(seconds)}; ${formatSeconds(maxPauseSeconds)} are allowed`,
    {
      remedy:
        'Find out which component was slow. Raise `maxPause` if the disks of the brokers have room for a longer pause.',
    },
  );
}

/**
 * Reads back, when the last component is complete, that exporting is still paused. Throws VerificationFailed if it was
 * resumed, because then the parts do not fit together, and Unreachable if that is not known now. If this cluster does
 * not show it, the lock records that, and the backup is complete with a warning.
 */
export async function requirePauseHeld(run: Run, context: Needs): Promise<void> {
  const { pause } = await requireLock(run, context);
  if (!pause) throw new BackupError('VerificationFailed', 'This run has not paused exporting');
  // A duplicate call may come after this run's own resume.
  if (pause.heldAt) return;
  const { target } = pause;
  const replicas = await serversOf(target, context).read();
  const exporting = replicasThat(replicas, 'EXPORTING', 'MIXED');
  if (exporting.length > 0) {
    throw new BackupError(
      'VerificationFailed',
      `Exporting was resumed during the backup, but not by this run, so the parts of the backup do not fit together: ${exporting.join(', ')}`,
      { remedy: 'Find out who resumed it, and start a new backup.' },
    );
  }
  const unknown = unknownOf(replicas, target.partitions);
  if (target.provable && unknown.length > 0) {
    throw new BackupError(
      'Unreachable',
      `Whether exporting is still paused is not known: ${unknown.join(', ')}`,
    );
  }
  const learned = {
    heldAt: nowIso(context),
    heldProof: unknown.length === 0 ? 'proven' : 'answered',
  } as const;
  await changeOwnLock(run, (now) => changeOfPause(now, learned), context);
}

/** The warning of a complete backup whose pause could not be read back to its end. */
export function pauseNotSeen({ pause }: Lock): string[] {
  if (pause?.heldProof === 'proven') return [];
  const where = pause ? ` at ${pause.target.brokers.join(', ')}` : '';
  return [
    `Whether exporting stayed paused until Zeebe’s backup was complete is not known, and so whether the parts of this backup fit together: not every partition could be read${where}. Configure all brokers in zeebe.brokers`,
  ];
}

/**
 * Resumes exporting and reads it back. Does nothing if this run never requested a pause, or has released its lock.
 * Throws ResumeFailed or Unreachable while exporting is not resumed, and ResumeUnwritten or ResumeUnwritable while the
 * ledger cannot record the resume; the state machine retries all of them. Throws LockLost if another run holds the
 * lock, because the pause may belong to that run.
 */
export async function resumeAfterBackup(
  run: Run,
  target: ExportingTarget,
  context: Needs & Pick<Context, 'unwritten'>,
) {
  const { ledger } = context;
  const { lock, release } = await ledger.readLockOrRelease(run.cluster).catch(async (error: unknown) => {
    await refuseIfAnothersLock(run, ledger);
    // Exporting is resumed even if the ledger cannot be read, because the input has the address.
    const { resumeProof } = remember(run, await resumeAndProve(target, context), context);
    throw isBackupError(error) ? unwritten(resumeProof, error) : error;
  });
  // A run releases its lock only after its pause, so a pause now does not belong to it. A repair is different: it may
  // have released the lock while a pause request of this run was still in flight.
  if (release?.releasedBy === run.runId && !release.repaired) return { resumed: 'not-paused' as const };
  if (lock && !owns(run, lock)) throw lockLost(run, lock);
  if (lock && !lock.pause) return { resumed: 'not-paused' as const };
  if (lock && !mayBePaused(lock)) return { resumed: lock.pause?.resumeProof ?? 'answered' };
  // Exporting is resumed even without a lock: whoever removed the lock may not have resumed.
  const resumeProof = await resumeAndProve(target, context);
  // The resume is recorded before this call answers, because after a crash only the ledger knows it.
  if (lock)
    await writeResumed(run, resumeProof, context, (resumed) =>
      changeOwnLock(run, (now) => changeOfPause(now, resumed), context),
    );
  return { resumed: resumeProof };
}

/**
 * Throws LockLost if a lock that this version cannot fully read names another run, or another backup of this run: a
 * resume could end a pause that is still needed.
 */
async function refuseIfAnothersLock(run: Run, ledger: Needs['ledger']): Promise<void> {
  // A lock that names no run does not show that the pause belongs to another one.
  const shown = (await ledger.readUnreadableLock(run.cluster).catch(() => undefined))?.run;
  if (!shown) return;
  const { runId, backupId = run.backupId } = shown;
  if (runId !== run.runId || String(backupId) !== String(run.backupId)) throw lockLost(run, shown);
}

/** Resumes exporting of a cluster, regardless of who paused it, and reads it back. */
export async function resumeAndProve(
  target: ExportingTarget,
  context: Pick<Context, 'http' | 'secrets'>,
): Promise<Proof> {
  await resumeExporting(serversOf(target, context).zeebe);
  return proveResumed(target, context);
}

/** Reads back that exporting is resumed. Throws ResumeFailed if it is not, or if that is not known yet. */
export async function proveResumed(
  target: ExportingTarget,
  context: Pick<Context, 'http' | 'secrets'>,
): Promise<Proof> {
  return proofOf(await serversOf(target, context).read(), target, 'EXPORTING', 'ResumeFailed');
}

function serversOf(target: ExportingTarget, { http, secrets }: Pick<Context, 'http' | 'secrets'>) {
  const at = (url: string) => management('Zeebe', { ...target, url }, http, secrets);
  const rest = target.rest && restApi(target.rest, http, secrets);
  return { zeebe: at(target.url), read: () => readReplicas(target.brokers.map(at), rest) };
}
