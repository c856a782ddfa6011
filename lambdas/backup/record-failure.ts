import * as z from 'zod';
import { recordFailure } from '../../core/backup/fail.ts';
import type { KnownManifest } from '../../core/backup/fail-manifest.ts';
import { plan } from '../../core/backup/plan.ts';
import { reportOfFailure } from '../../core/backup/report-failure.ts';
import { targetsOf } from '../../core/components/stages.ts';
import { passing, resumedUnwritten } from '../../core/error-names.ts';
import { BackupError, describe, isBackupError } from '../../core/errors.ts';
import { settleResumed } from '../../core/ledger/lock/unwritten-resume.ts';
import type { Run } from '../../core/ledger/run.ts';
import { reportCompleted } from '../../core/tell/report.ts';
import { within } from '../../core/within.ts';
import { messageIn, splitRemedy, withRemedy } from '../carried-error.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';
import { readInput } from '../input.ts';
import { answerOf } from './complete-backup.ts';

/** The error that a Catch puts into the state: its name, and its message or (from Lambda) the JSON of it. */
const caught = z.object({ Error: z.string(), Cause: z.string().default('') });

/** The state of the run: a plan, or the request if PrepareBackup failed. */
const failedState = z.looseObject({
  run: z.looseObject({ cluster: z.string() }).optional(),
  cluster: z.string().catch('unknown'),
  replaces: z.int().optional().catch(undefined),
  failure: caught,
  /** The result of ResumeExporting, if the run got past it. No state after it pauses exporting again. */
  resumed: z.object({ how: z.string() }).optional().catch(undefined),
  /** The result of ResumeExportingAfterFailure. */
  resumedAfterFailure: z.object({ how: z.string() }).optional().catch(undefined),
  /** The error of ResumeExportingAfterFailure: exporting could not be resumed, or the ledger could not record it. */
  resumeFailure: caught.optional().catch(undefined),
  /** The error of RecordFailure after its last retry. Only TellFailure gets it. */
  recordFailure: caught.optional().catch(undefined),
});
const planned = z.object(plan.shape);

/** The time limit for recording in TellFailure, which leaves time to send the alert. */
const lastTrySeconds = 20;

/**
 * RecordFailure: `{ state, runId }` → one of
 * - `{ outcome: FAILED, failure: { Error, Cause } }` for the Fail state, with the cause as a sentence
 * - `{ outcome: TRY_AGAIN, request, failed: { run, targets } }` for PrepareBackup and DeleteFailedBackup
 * - `{ outcome: COMPLETED, completed }` with the answer of CompleteBackup, if the manifest says that the backup is
 *   complete, because the failure came after that.
 *
 * TellFailure does the same once more after RecordFailure failed. If that fails again, it still sends the alert, and
 * its answer says `notWritten`.
 */
export const work = handler(
  z.strictObject({ state: failedState, runId: z.string() }),
  async ({ state, runId }, context) => {
    const { data: made } = readInput(planned, state);
    const cluster = state.run?.cluster ?? state.cluster;
    const failure = { error: state.failure.Error, ...splitRemedy(messageIn(state.failure.Cause)) };
    const tryAgain = made !== undefined && made.attempt < made.attempts && passing.includes(failure.error);
    const failed = { cluster, runId, backupId: made?.run.backupId };
    const report = reportOfFailure({ cluster, runId, failure, replaces: state.replaces }, context);
    const mayBeComplete = made !== undefined && state.resumed !== undefined;
    const beforeRelease = (known: KnownManifest) =>
      report.prepare({ ...known, mayBeComplete: known.unreadable !== undefined && mayBeComplete });
    const settleAndRecord = async () => {
      if (made && isResumedUnwritten(state)) await settleResumed(made.run, context);
      return recordFailure(failed, failure, context, { tryAgain, beforeRelease });
    };
    const isLastTry = state.recordFailure !== undefined;
    const recording = isLastTry ? within(lastTrySeconds, settleAndRecord, context) : settleAndRecord();
    const recorded = await recording.catch((error: unknown) => {
      // The failure is still reported to people.
      const leftPaused = made !== undefined && !isResumed(state);
      if (isBackupError(error, 'LedgerCorrupt')) return { unreadable: error, leftPaused, triesAgain: false };
      if (!isLastTry) throw error;
      const unreadable = notWritten(error, mayBeComplete ? made?.run : undefined);
      return { unreadable, leftPaused, triesAgain: false, notWritten: true };
    });
    const { manifest, triesAgain, leftPaused, unreadable } = { manifest: undefined, ...recorded };
    if (unreadable) context.warn(`The failure could not be written down: ${unreadable.message}`);
    if (manifest?.state === 'COMPLETED') {
      await reportCompleted(manifest, context);
      return { outcome: 'COMPLETED', completed: answerOf(manifest, context) };
    }
    if (!made || !triesAgain) {
      const isNotWritten = 'notWritten' in recorded;
      await report.tell({
        manifest,
        leftPaused,
        unreadable,
        mayBeComplete: unreadable !== undefined && mayBeComplete,
        ledgerIsDown: isNotWritten,
      });
      const notKnown = unreadable?.message;
      const { message, remedy } = failure;
      const cause = withRemedy(notKnown ? `${message}. ${notKnown}` : message, remedy);
      return {
        outcome: 'FAILED',
        failure: { Error: failure.error, Cause: cause },
        ...(isNotWritten ? { notWritten: true } : {}),
      };
    }
    const { run, attempt, reason, scheduledTime } = made;
    return {
      outcome: 'TRY_AGAIN',
      request: {
        cluster,
        reason,
        ...(scheduledTime === undefined ? {} : { scheduledTime }),
        attempt: attempt + 1,
        replaces: run.backupId,
      },
      failed: { run, targets: targetsOf(made) },
    };
  },
);

function notWritten(error: unknown, run: Run | undefined): BackupError {
  const unknown = run ? ` Whether the backup ${run.backupId} is complete is not known.` : '';
  return new BackupError(
    'LedgerError',
    `The failure could not be written down: ${describe(error)}.${unknown}`,
  );
}

type FailedState = z.infer<typeof failedState>;

/** A run with a plan may have paused exporting. Only its state can say that exporting was resumed. */
function isResumed(state: FailedState): boolean {
  const { resumed, resumedAfterFailure } = state;
  return resumed !== undefined || resumedAfterFailure !== undefined || isResumedUnwritten(state);
}

/** True if exporting is resumed although the state failed, because only the ledger could not record the resume. */
function isResumedUnwritten({ failure, resumeFailure }: FailedState): boolean {
  return [failure, resumeFailure].some((one) => one !== undefined && resumedUnwritten.includes(one.Error));
}

export const definition: FunctionDefinition = {
  file: 'backup/record-failure.ts',
  description: 'Writes the FAILED manifest, releases the lock and alerts people',
  timeoutSeconds: 80,
  memoryMegabytes: smallMemory,
  needs: ['configuration', 'alerts', 'events'],
  ledger: {
    // The memory keeps an alert that could not be sent, so that the watchdog sends it.
    read: ['lock', 'manifest', 'entry', 'memory'],
    write: ['lock', 'manifest', 'memory'],
  },
};
