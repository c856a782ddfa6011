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
 * Soft-pauses exporting for this run. Called again it pauses again, which changes nothing; after the resume it
 * refuses. Throws ExportingAlreadyPaused (nothing was done), PauseFailed or Unreachable.
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
      `Exporting was resumed already in the run ${run.runId}: it is not paused again`,
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
 * Whether nobody would end a pause that this run has asked for: the run was put right while the request was on its way,
 * and whoever did that has looked at the pause already. Otherwise the lock tells of it, or is that of a run which has
 * paused for itself. A next run that has not paused yet would find the pause, and refuse because of it.
 */
async function isForgotten(run: Run, ledger: Needs['ledger']): Promise<boolean> {
  let held: Lock | undefined;
  try {
    held = await ledger.readLock(run.cluster);
  } catch {
    // Not known: it may be the pause of the next run. What the pause failed of is what is told.
    return false;
  }
  if (!held) return true;
  // What only its own command knows of gets no call from here, not even for this run's own pause.
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

/** Whoever puts this run right has looked for its pause: there must not be a new one after that. */
function requireUnclaimed(run: Run, lock: Lock): void {
  if (lock.repair) throw lockLost(run, lock);
}

/**
 * Throws PausedTooLong when this run keeps exporting paused for longer than the cluster may bear, or when the clock was
 * set back meanwhile, so that nobody knows for how long it is paused.
 */
export async function requirePauseBudget(
  run: Run,
  { maxPauseSeconds }: { maxPauseSeconds: number },
  context: Needs,
): Promise<void> {
  const lock = await requireLock(run, context);
  if (!mayBePaused(lock)) return;
  const { requestedAt } = lock.pause;
  if (isAhead(requestedAt, context.clock)) {
    throw new BackupError(
      'PausedTooLong',
      `Exporting is paused since a moment in the future (${requestedAt}): a clock is wrong, or was, so that it is not known for how long; ${formatSeconds(maxPauseSeconds)} are allowed`,
      { remedy: 'Set the clocks of the machines that run backups, and start a new backup.' },
    );
  }
  const seconds = (context.clock.now() - Date.parse(requestedAt)) / 1000;
  if (seconds <= maxPauseSeconds) return;
  throw new BackupError(
    'PausedTooLong',
    `Exporting is paused for ${formatSeconds(seconds)}; ${formatSeconds(maxPauseSeconds)} are allowed`,
    {
      remedy:
        'See which component was slow; raise `maxPause` if the disks of the brokers bear a longer pause.',
    },
  );
}

/**
 * Reads back, when the last component is complete, that nobody has ended the pause before: the parts would not fit
 * together. Throws VerificationFailed when somebody has, Unreachable when that is not known now. Where this cluster
 * does not show it, that is written down, and the backup is complete with a warning.
 */
export async function requirePauseHeld(run: Run, context: Needs): Promise<void> {
  const { pause } = await requireLock(run, context);
  if (!pause) throw new BackupError('VerificationFailed', 'This run has not paused exporting');
  // Called again, it may come after this run's own resume.
  if (pause.heldAt) return;
  const { target } = pause;
  const replicas = await serversOf(target, context).read();
  const exporting = replicasThat(replicas, 'EXPORTING', 'MIXED');
  if (exporting.length > 0) {
    throw new BackupError(
      'VerificationFailed',
      `Somebody else resumed exporting during the backup, whose parts do not fit together now: ${exporting.join(', ')}`,
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

/** As a warning of a backup that is complete: nobody could see whether its pause lasted. */
export function pauseNotSeen({ pause }: Lock): string[] {
  if (pause?.heldProof === 'proven') return [];
  const where = pause ? ` at ${pause.target.brokers.join(', ')}` : '';
  return [
    `Whether exporting stayed paused until Zeebe’s backup was complete is not known, and so whether the parts of this backup fit together: not every partition could be read${where}. Configure all brokers in zeebe.brokers`,
  ];
}

/**
 * Resumes exporting and reads it back. Does nothing where this run never asked for a pause, or has given its lock back.
 * Throws ResumeFailed or Unreachable as long as it is not resumed, and ResumeUnwritten or ResumeUnwritable as long as
 * that cannot be written down: the state machine repeats it. Throws LockLost when another run holds the cluster: the pause may be that one's.
 */
export async function resumeAfterBackup(
  run: Run,
  target: ExportingTarget,
  context: Needs & Pick<Context, 'unwritten'>,
) {
  const { ledger } = context;
  const { lock, release } = await ledger.readLockOrRelease(run.cluster).catch(async (error: unknown) => {
    await refuseIfAnothersLock(run, ledger);
    // A ledger that cannot be read is no reason to leave exporting paused: the input says where it is.
    const { resumeProof } = remember(run, await resumeAndProve(target, context), context);
    throw isBackupError(error) ? unwritten(resumeProof, error) : error;
  });
  // A run gives its lock back only when its pause is over: what is paused now is paused by somebody else. Whoever
  // repaired it may have done so before a pause of its that was on its way.
  if (release?.releasedBy === run.runId && !release.repaired) return { resumed: 'not-paused' as const };
  if (lock && !owns(run, lock)) throw lockLost(run, lock);
  if (lock && !lock.pause) return { resumed: 'not-paused' as const };
  if (lock && !mayBePaused(lock)) return { resumed: lock.pause?.resumeProof ?? 'answered' };
  // Also without a lock: whoever removed it did not resume.
  const resumeProof = await resumeAndProve(target, context);
  // Before the answer: only what is written down is known to whoever comes after a crash.
  if (lock)
    await writeResumed(run, resumeProof, context, (resumed) =>
      changeOwnLock(run, (now) => changeOfPause(now, resumed), context),
    );
  return { resumed: resumeProof };
}

/**
 * Throws LockLost where a lock that this version cannot read shows all the same that it is another run's, or is kept for
 * its own command: a resume may be in the way of that one.
 */
async function refuseIfAnothersLock(run: Run, ledger: Needs['ledger']): Promise<void> {
  // Where nothing can be read, nothing is known of another run.
  const lock = await ledger.readUnreadableLock(run.cluster).catch(() => undefined);
  if (!lock) return;
  const isAnothers = lock.holder ? !owns(run, lock.holder) : !mayBeTakenOver(lock);
  if (isAnothers) throw lockLost(run, lock.holder);
}

/** Resumes exporting of a cluster, whoever paused it, and reads it back. */
export async function resumeAndProve(
  target: ExportingTarget,
  context: Pick<Context, 'http' | 'secrets'>,
): Promise<Proof> {
  await resumeExporting(serversOf(target, context).zeebe);
  return proveResumed(target, context);
}

/** Reads back that exporting is resumed. Throws ResumeFailed where it is not, or as long as that is not known. */
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
