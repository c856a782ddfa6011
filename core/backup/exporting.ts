import { type Proof, pauseExporting, proofOf, readReplicas, resumeExporting } from '../camunda/exporting.ts';
import { type Management, management } from '../camunda/management.ts';
import { type Context, nowIso } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { mayBePaused } from '../ledger/lock.ts';
import type { ExportingTarget, Run } from '../plan.ts';
import { lockLost, requireLock } from './ownership.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'>;

/**
 * Soft-pauses exporting for this run. Called again it pauses again, which changes nothing; after the resume it
 * refuses. Throws ExportingAlreadyPaused (nothing was done), PauseFailed or Unreachable.
 */
export async function pauseForBackup(run: Run, target: ExportingTarget, context: Needs) {
  const { ledger } = context;
  const { zeebe, brokers } = serversOf(target, context);
  const lock = await requireLock(run, context);
  if (lock.resumedAt) {
    throw new BackupError(
      'LockLost',
      `Exporting was resumed already in the run ${run.runId}: it is not paused again`,
    );
  }
  if (!lock.pauseRequestedAt) {
    await refuseIfPaused(zeebe, brokers);
    await ledger.changeLock(run.cluster, run.runId, { pauseRequestedAt: nowIso(context), exporting: target });
  }
  await pauseExporting(zeebe);
  const pauseProof = proofOf(await readReplicas(brokers), target.partitions, 'SOFT_PAUSED', 'PauseFailed');
  const pausedAt = lock.pausedAt ?? nowIso(context);
  try {
    await ledger.changeLock(run.cluster, run.runId, { pausedAt, pauseProof });
  } catch (error) {
    // Stopped and put right while the pause was on its way: nobody else knows of it.
    if (isBackupError(error, 'LockLost')) {
      const held = await ledger.readLock(run.cluster);
      // A next run that has not paused yet would find the pause, and refuse because of it.
      if (!held || !mayBePaused(held)) await resumeExporting(zeebe);
    }
    throw error;
  }
  return { pausedAt, pauseProof };
}

async function refuseIfPaused(zeebe: Management, brokers: Management[]): Promise<void> {
  const { read } = await readReplicas(brokers);
  const paused = read.find(({ phase }) => phase === 'PAUSED' || phase === 'SOFT_PAUSED');
  if (!paused) return;
  throw new BackupError(
    'ExportingAlreadyPaused',
    `Exporting is paused already, and not by this run: partition ${paused.partition} is ${paused.phase} (${paused.broker})`,
    {
      remedy: `Find out who paused it. If nobody needs the pause any more: curl -X POST '${zeebe.url('exporting/resume')}', then start again.`,
    },
  );
}

/**
 * Resumes exporting and reads it back. Does nothing where this run never asked for a pause. Throws ResumeFailed
 * or Unreachable as long as it is not resumed, and LedgerError as long as that cannot be written down: the state
 * machine repeats it. Throws LockLost when another run holds the cluster: the pause may be that one's.
 */
export async function resumeAfterBackup(run: Run, target: ExportingTarget, context: Needs) {
  const { ledger } = context;
  const lock = await ledger.readLock(run.cluster).catch(async (error: unknown) => {
    // A ledger that cannot be read is no reason to leave exporting paused.
    await resumeAndProve(target, context);
    throw error;
  });
  if (lock && lock.runId !== run.runId) throw lockLost(run, lock);
  if (lock && !lock.pauseRequestedAt) return { resumed: 'not-paused' as const };
  if (lock && !mayBePaused(lock)) return { resumed: lock.resumeProof ?? 'answered' };
  // Also without a lock: whoever removed it did not resume.
  const resumeProof = await resumeAndProve(target, context);
  // Before the answer: only what is written down is known to whoever comes after a crash.
  if (lock) await ledger.changeLock(run.cluster, run.runId, { resumedAt: nowIso(context), resumeProof });
  return { resumed: resumeProof };
}

/** Resumes exporting of a cluster, whoever paused it, and reads it back. */
export async function resumeAndProve(
  target: ExportingTarget,
  context: Pick<Context, 'http' | 'secrets'>,
): Promise<Proof> {
  const { zeebe, brokers } = serversOf(target, context);
  await resumeExporting(zeebe);
  return proofOf(await readReplicas(brokers), target.partitions, 'EXPORTING', 'ResumeFailed');
}

function serversOf(target: ExportingTarget, { http, secrets }: Pick<Context, 'http' | 'secrets'>) {
  const at = (url: string) => management('Zeebe', { url, auth: target.auth }, http, secrets);
  return { zeebe: at(target.url), brokers: target.brokers.map(at) };
}
