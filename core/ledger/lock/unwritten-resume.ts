import { type Clock, nowIso } from '../../clock.ts';
import type { Proof } from '../../components/zeebe/exporting.ts';
import { ledgerTrouble } from '../../error-names.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Run } from '../run.ts';
import { changeOfPause, type Lock, mayBePaused } from './lock.ts';

/** The fields of the lock that record the resume of exporting. */
export interface Resumed {
  resumedAt: string;
  resumeProof: Proof;
}

type Of = Pick<Lock, 'cluster' | 'runId' | 'backupId'>;
type Needs = { clock: Clock; unwritten: Map<string, Resumed> };

const keyOf = ({ cluster, runId, backupId }: Of) => `${cluster} ${runId} ${backupId}`;

/**
 * Records that exporting is resumed, with the moment at which that was first seen. If the ledger does not accept it,
 * exporting is resumed anyway: throws ResumeUnwritten, or ResumeUnwritable if a retry would not help.
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

/** Returns a resume that this process has seen and could not record; undefined if there is none. */
export function unwrittenResume(of: Of, { unwritten }: Pick<Needs, 'unwritten'>): Resumed | undefined {
  return unwritten.get(keyOf(of));
}

/** Remembers the first moment of the resume until it can be recorded. */
export function remember(of: Of, resumeProof: Proof, context: Needs): Resumed {
  const resumed = { resumedAt: unwrittenResume(of, context)?.resumedAt ?? nowIso(context), resumeProof };
  context.unwritten.set(keyOf(of), resumed);
  return resumed;
}

export function unwritten(proof: Proof, error: BackupError): BackupError {
  const how = proof === 'proven' ? 'read back on every partition' : 'answered, not read back';
  return new BackupError(
    isBackupError(error, 'LedgerError') ? 'ResumeUnwritten' : 'ResumeUnwritable',
    `Exporting is resumed (${how}), but the ledger could not record it yet: ${error.message}`,
    { cause: error, remedy: error.remedy },
  );
}

/**
 * Records an unrecorded resume at the end of a run. Otherwise its failure would be recorded as one that may have left
 * exporting paused.
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
    // Another process holds the lock, so this run was repaired.
    if (!isBackupError(error, 'LockLost')) throw error;
  }
}
