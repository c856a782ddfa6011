import { type Clock, nowIso } from '../../clock.ts';
import type { Proof } from '../../components/zeebe/exporting.ts';
import { ledgerTrouble } from '../../error-names.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Run } from '../run.ts';
import { changeOfPause, type Lock, mayBePaused } from './lock.ts';

/** That exporting is resumed, as the lock says it. */
export interface Resumed {
  resumedAt: string;
  resumeProof: Proof;
}

type Of = Pick<Lock, 'cluster' | 'runId' | 'backupId'>;
type Needs = { clock: Clock; unwritten: Map<string, Resumed> };

const keyOf = ({ cluster, runId, backupId }: Of) => `${cluster} ${runId} ${backupId}`;

/**
 * Writes down that exporting is resumed, with the moment in which that was seen first. Where the ledger does not take
 * it, exporting is resumed all the same: throws ResumeUnwritten, or ResumeUnwritable where that does not pass.
 */
export async function writeResumed(
  of: Of,
  resumeProof: Proof,
  context: Needs,
  write: (resumed: Resumed) => Promise<unknown>,
): Promise<void> {
  const { resumedAt } = remember(of, resumeProof, context);
  try {
    await write({ resumedAt, resumeProof });
  } catch (error) {
    throw isBackupError(error, ...ledgerTrouble, 'LedgerCorrupt') ? unwritten(resumeProof, error) : error;
  }
  context.unwritten.delete(keyOf(of));
}

/** What was seen to be resumed, and could not be written down by this process. */
export function unwrittenResume(of: Of, { unwritten }: Needs): Resumed | undefined {
  return unwritten.get(keyOf(of));
}

/** Keeps the moment until it can be written. */
export function remember(of: Of, resumeProof: Proof, context: Needs): Resumed {
  const resumed = { resumedAt: unwrittenResume(of, context)?.resumedAt ?? nowIso(context), resumeProof };
  context.unwritten.set(keyOf(of), resumed);
  return resumed;
}

export function unwritten(proof: Proof, error: BackupError): BackupError {
  const how = proof === 'proven' ? 'read back on every partition' : 'answered, not read back';
  return new BackupError(
    isBackupError(error, 'LedgerError') ? 'ResumeUnwritten' : 'ResumeUnwritable',
    `Exporting is resumed (${how}); this could not be written into the ledger yet: ${error.message}`,
    { cause: error, remedy: error.remedy },
  );
}

/**
 * At the end of a run that has resumed exporting without being able to write it: writes it now, before its failure is
 * written down as one that may have left exporting paused.
 */
export async function settleResumed(run: Run, context: Needs & { ledger: Ledger }): Promise<void> {
  const resumed = unwrittenResume(run, context) ?? {
    resumedAt: nowIso(context),
    resumeProof: 'answered' as const,
  };
  try {
    await context.ledger.changeLock(run.cluster, run.runId, (lock) =>
      lock.backupId === run.backupId && mayBePaused(lock) ? changeOfPause(lock, resumed) : {},
    );
  } catch (error) {
    // Whoever has the lock now has put this run right.
    if (!isBackupError(error, 'LockLost')) throw error;
  }
}
