import type { Alert } from '../alert.ts';
import { titles } from '../components/kinds.ts';
import { resumeByHand } from '../connect/by-hand.ts';
import { BackupError, describe } from '../errors.ts';
import type { Failure } from '../ledger/manifest.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { asideSeconds, callPing, count, pausedFigure, type ReportNeeds, readConfig } from '../tell/report.ts';
import { forgetUntold, isSameUntold, keepUntold, tellSeconds, untoldOf } from '../tell/untold.ts';
import { within } from '../within.ts';
import type { KnownManifest } from './fail-manifest.ts';

/** A run that failed. */
export interface FailedRun {
  cluster: string;
  runId: string;
  failure: Failure;
  /** The backup that this run tried before, where no manifest says so. */
  replaces?: number | undefined;
}

/** What is known of it by then. */
interface KnownFailure extends KnownManifest {
  /** Exporting may still be paused, also where no manifest says so. */
  leftPaused?: boolean;
  /** The backup may be complete after all, and the ledger does not say. */
  mayBeComplete?: boolean;
  /** The ledger has answered nothing for a while: it is asked nothing more. */
  ledgerIsDown?: boolean;
}

/** How people learn of one failed run. */
export interface FailureReport {
  /**
   * Writes down what people are to be told, before the run gives its lock back: should it die after that, the watchdog
   * tells them. Throws nothing, and takes a moment.
   */
  prepare(known: KnownFailure): Promise<void>;
  /**
   * Tells that the run failed, and loudly when exporting may still be paused; the failure is counted and the monitor
   * called with it. Throws AlertFailed where people could not be told: called again it tells them the same. Until then it
   * is written down for the watchdog, with a mark that it is counted.
   */
  tell(known: KnownFailure): Promise<void>;
}

export function reportOfFailure(failed: FailedRun, context: ReportNeeds): FailureReport {
  const { cluster, runId } = failed;
  /** What is written down of this run, by this call or an earlier one. */
  let written: UntoldAlert | undefined;
  let isRead = false;

  const read = async () => {
    if (isRead) return;
    isRead = true;
    try {
      written = await within(asideSeconds, () => untoldOf(cluster, runId, context), context);
    } catch (error) {
      context.warn(`What people were told of ${cluster} could not be read: ${describe(error)}`);
    }
  };
  const write = async (alert: Alert, mark: { counted?: true } = {}): Promise<boolean> => {
    const untold = { runId, backupId: alert.backupId, alert, ...mark };
    try {
      await within(asideSeconds, () => keepUntold(cluster, untold, context), context);
      written = untold;
      return true;
    } catch (error) {
      context.warn(`The alert about ${cluster} could not be recorded: ${describe(error)}`);
      return false;
    }
  };
  const countIt = async ({ manifest, mayBeComplete }: KnownFailure) => {
    // A monitor that waits for a success tells by itself that none has come.
    if (mayBeComplete) return;
    count(
      [
        { name: 'BackupFailed', unit: 'Count', value: 1, cluster },
        { name: 'BackupCompleted', unit: 'Count', value: 0, cluster },
        ...(manifest ? pausedFigure(manifest) : []),
      ],
      context,
    );
    await callPing(cluster, 'fail', context);
  };
  const forget = async (done: UntoldAlert) => {
    try {
      const isDone = (one: UntoldAlert) => isSameUntold(one, done);
      await within(asideSeconds, () => forgetUntold(cluster, isDone, context), context);
    } catch (error) {
      context.warn(`People may be told twice of a run of ${cluster}: ${describe(error)}`);
    }
  };

  return {
    async prepare(known) {
      await read();
      if (!written) await write(await alertOf(failed, known, context));
    },

    async tell(known) {
      if (!known.ledgerIsDown) await read();
      const isCounted = written?.counted === true;
      // An earlier call knew more than one that finds the lock gone; that exporting may be paused is news.
      const earlier = known.leftPaused ? undefined : written?.alert;
      const alert = earlier ?? (await alertOf(failed, known, context));
      try {
        await within(tellSeconds, () => context.tell(alert), context);
      } catch (error) {
        // Without its mark, the next call could not know that it is counted.
        const isMarked = await write(alert, { counted: true });
        if (isMarked && !isCounted) await countIt(known);
        throw new BackupError(
          'AlertFailed',
          `People could not be told that a run of ${cluster} failed: ${describe(error)}`,
          {
            cause: error,
            remedy:
              'Check that the topic of the alerts exists, and that it and its key allow this function to publish.',
          },
        );
      }
      if (!isCounted) await countIt(known);
      if (written) await forget(written);
    },
  };
}

async function alertOf(
  { cluster, runId, failure, replaces }: FailedRun,
  { manifest, unreadable, mayBeComplete, ledgerIsDown, ...known }: KnownFailure,
  context: ReportNeeds,
): Promise<Alert> {
  const leftPaused = (known.leftPaused || manifest?.exporting.leftPaused) ?? false;
  const aside = unreadable ? `. ${unreadable.message}` : '';
  const part = manifest?.components.find(({ state }) => state === 'FAILED');
  const before = ledgerIsDown ? '' : await firstTry(cluster, manifest?.replaces ?? replaces, context);
  const ended = mayBeComplete ? 'backupNotKnown' : 'backupFailed';
  return {
    kind: leftPaused ? 'exportingLeftPaused' : ended,
    severity: leftPaused ? 'CRITICAL' : 'WARNING',
    cluster,
    backupId: manifest?.backupId,
    component: part && titles[part.component],
    reason: leftPaused
      ? `Exporting could not be resumed and the watchdog goes on trying. First: ${failure.message}${aside}`
      : `${failure.message}${before}${aside}`,
    remedy: leftPaused ? resumeByHand((await readConfig(context))?.clusters[cluster]?.zeebe) : failure.remedy,
    execution: executionUrl(runId),
    manifest: manifest && context.ledger.manifestLocation(cluster, manifest.backupId),
  };
}

/** What the try before came to: where both fail, the first failure is often the telling one. */
async function firstTry(
  cluster: string,
  replaces: number | undefined,
  context: ReportNeeds,
): Promise<string> {
  if (replaces === undefined) return '';
  try {
    const before = await within(asideSeconds, () => context.ledger.readManifest(cluster, replaces), context);
    return ` (This was another try; before it ${replaces} failed: ${before?.failure?.message ?? 'no reason known'})`;
  } catch (error) {
    context.warn(`The manifest of ${replaces} could not be read: ${describe(error)}`);
    return '';
  }
}
