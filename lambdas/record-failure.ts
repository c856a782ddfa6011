import * as z from 'zod';
import { passesByItself } from '../core/advice.ts';
import { recordFailure as record } from '../core/backup/finish.ts';
import { reportCompleted } from '../core/backup/report.ts';
import { reportOfFailure } from '../core/backup/report-failure.ts';
import { settleResumed } from '../core/backup/resumed.ts';
import { isBackupError, resumedUnwritten } from '../core/errors.ts';
import { plan } from '../core/plan.ts';
import { answerOf } from './complete-backup.ts';
import { handler, splitRemedy, withRemedy } from './handler.ts';

/** What a Catch puts into the state: an error's name, and its message or (from Lambda) a JSON of it. */
const caught = z.object({ Error: z.string(), Cause: z.string().default('') });
const lambdaCause = z.object({ errorMessage: z.string() });

/** The state of the run: a plan, or (where preparing failed) still the request. */
const failedState = z.looseObject({
  run: z.looseObject({ cluster: z.string() }).optional(),
  cluster: z.string().catch('unknown'),
  replaces: z.int().optional().catch(undefined),
  failure: caught,
  /** Where the failed run could not be resumed, or that could not be written down. */
  resumeFailure: caught.optional().catch(undefined),
});
const planned = z.object(plan.shape);

/**
 * RecordFailure: `{ state, runId }` → `{ outcome: FAILED, failure: { Error, Cause } }` for the Fail state, the cause
 * as a sentence; or `{ outcome: TRY_AGAIN, request, failed: { run, targets } }`, for PrepareBackup and
 * DeleteFailedBackup; or `{ outcome: COMPLETED, completed }` with the answer of CompleteBackup, where the manifest says
 * that the backup is complete: what failed came after that
 */
export const recordFailure = handler(
  z.strictObject({ state: failedState, runId: z.string() }),
  async ({ state, runId }, context) => {
    const { data: made } = planned.safeParse(state);
    const cluster = state.run?.cluster ?? state.cluster;
    const text = sentenceOf(state.failure.Cause);
    const failure = { error: state.failure.Error, ...splitRemedy(text) };
    const tryAgain = made !== undefined && made.attempt < made.attempts && passesByItself(failure);
    const failed = { cluster, runId, backupId: made?.run.backupId };
    const report = reportOfFailure({ cluster, runId, failure, replaces: state.replaces }, context);
    const settleAndRecord = async () => {
      if (made && isResumed(state)) await settleResumed(made.run, context);
      return record(failed, failure, context, { tryAgain, beforeRelease: report.prepare });
    };
    const recorded = await settleAndRecord().catch((error: unknown) => {
      // The lock cannot be read: people are told of the failure all the same.
      if (!isBackupError(error, 'LedgerCorrupt')) throw error;
      const leftPaused = state.resumeFailure !== undefined && !isResumed(state);
      return { unreadable: error, leftPaused, triesAgain: false };
    });
    const { manifest, triesAgain, leftPaused, unreadable } = { manifest: undefined, ...recorded };
    if (unreadable) context.warn(`The failure could not be written down: ${unreadable.message}`);
    if (manifest?.state === 'COMPLETED') {
      await reportCompleted(manifest, context);
      return { outcome: 'COMPLETED', completed: answerOf(manifest, context) };
    }
    if (!made || !triesAgain) {
      await report.tell({ manifest, leftPaused, unreadable });
      const notKnown = unreadable?.message;
      const { message, remedy } = failure;
      const cause = withRemedy(notKnown ? `${message}. ${notKnown}` : message, remedy);
      return { outcome: 'FAILED', failure: { Error: failure.error, Cause: cause } };
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
      failed: { run, targets: [...made.applications, ...made.records, ...made.zeebe] },
    };
  },
);

/** Exporting is resumed, although a resume failed: only the ledger did not take it. */
function isResumed({ failure, resumeFailure }: z.infer<typeof failedState>): boolean {
  return [failure, resumeFailure].some((one) => one !== undefined && resumedUnwritten.includes(one.Error));
}

function sentenceOf(cause: string): string {
  try {
    return lambdaCause.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
