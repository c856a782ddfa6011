import type { Alert } from '../alert.ts';
import { nowIso } from '../clock.ts';
import { titles } from '../components/kinds.ts';
import { resumeByHand } from '../connect/by-hand.ts';
import { BackupError, describe, isBackupError } from '../errors.ts';
import type { Failure } from '../ledger/manifest.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import { failedRunEvent, publish } from '../tell/events.ts';
import { asideSeconds, callPing, count, pausedFigure, type ReportNeeds, readConfig } from '../tell/report.ts';
import { tellPeople } from '../tell/tell-people.ts';
import { isSameUntold, keepUntold, rememberTold, untoldOf } from '../tell/untold.ts';
import { within } from '../within.ts';
import type { KnownManifest } from './fail-manifest.ts';

/** A run that failed. */
export interface FailedRun {
  cluster: string;
  runId: string;
  failure: Failure;
  /** The backup of this run's earlier try, if no manifest names it. */
  replaces?: number | undefined;
}

/** The facts about a failed run that are known when it is reported. */
interface KnownFailure extends KnownManifest {
  /** True if exporting may still be paused, even if no manifest says so. */
  leftPaused?: boolean;
  /** True if the backup may be complete, and the ledger does not show it. */
  mayBeComplete?: boolean;
  /** True if the ledger has not answered for a while, so that it is not asked again. */
  ledgerIsDown?: boolean;
}

/** Reports one failed run to people. */
export interface FailureReport {
  /**
   * Records the alert before the run releases its lock. If the run dies after that, the watchdog sends the alert. Never
   * throws, and ends within a short time.
   */
  prepare(known: KnownFailure): Promise<void>;
  /**
   * Sends the alert, which is CRITICAL if exporting may still be paused, counts the failure, calls the monitor and sends
   * an event. Throws AlertFailed if the alert could not be sent; a retry sends the same alert. Until then, the ledger keeps the
   * alert for the watchdog, with a mark that the failure has been counted.
   */
  tell(known: KnownFailure): Promise<void>;
}

export function reportOfFailure(failed: FailedRun, context: ReportNeeds): FailureReport {
  const { cluster, runId, failure } = failed;
  /** The alert of this run that the ledger keeps, from this call or an earlier one. */
  let written: UntoldAlert | undefined;
  let isRead = false;

  const read = async () => {
    if (isRead) return;
    isRead = true;
    try {
      written = await within(asideSeconds, () => untoldOf(cluster, runId, context), context);
    } catch (error) {
      context.warn(`The recorded alert about ${cluster} could not be read: ${describe(error)}`);
    }
  };
  const write = async (alert: Alert, mark: { counted?: true } = {}): Promise<boolean> => {
    const untold = { runId, backupId: alert.backupId, alert, ...mark };
    try {
      written = await within(asideSeconds, () => keepUntold(cluster, untold, context), context);
      return true;
    } catch (error) {
      context.warn(`The alert about ${cluster} could not be recorded: ${describe(error)}`);
      return false;
    }
  };
  const countIt = async ({ manifest, mayBeComplete, leftPaused = false }: KnownFailure) => {
    // A monitor that waits for a success reports by itself that none has come, and no event says what is not known.
    if (mayBeComplete) return;
    count(
      [
        { name: 'BackupFailed', unit: 'Count', value: 1, cluster },
        { name: 'BackupCompleted', unit: 'Count', value: 0, cluster },
        ...(manifest ? pausedFigure(manifest) : []),
      ],
      context,
    );
    const event = failedRunEvent({ cluster, runId, failure, leftPaused, manifest }, context);
    await Promise.all([callPing(cluster, 'fail', context), publish(event, context)]);
  };
  const remember = async () => {
    const isSent = (one: UntoldAlert) => written !== undefined && isSameUntold(one, written);
    try {
      await within(asideSeconds, () => rememberTold(cluster, [runId], isSent, context), context);
    } catch (error) {
      context.warn(`People may get an alert about a run of ${cluster} twice: ${describe(error)}`);
    }
  };

  return {
    async prepare(known) {
      await read();
      if (!written) await write(await failureAlert(failed, known, context));
    },

    async tell(known) {
      if (!known.ledgerIsDown) await read();
      const isCounted = written?.counted === true;
      // An earlier call knew more than a call that finds no lock, unless this call adds that exporting may be paused.
      const earlier = known.leftPaused ? undefined : written?.alert;
      const alert = earlier ?? {
        ...(await failureAlert(failed, known, context)),
        at: written?.alert.at ?? nowIso(context),
      };
      try {
        await tellPeople(alert, context);
      } catch (error) {
        // Without the mark, the next call would count the failure a second time.
        const isMarked = await write(alert, { counted: true });
        if (isMarked && !isCounted) await countIt(known);
        throw new BackupError(
          'AlertFailed',
          `People could not be told that a run of ${cluster} failed: ${describe(error)}`,
          {
            cause: error,
            remedy:
              (isBackupError(error) ? error.remedy : undefined) ??
              'Check that the topic of the alerts exists, and that it and its key allow this function to publish.',
          },
        );
      }
      if (!isCounted) await countIt(known);
      if (!known.ledgerIsDown || written) await remember();
    },
  };
}

async function failureAlert(
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
      ? `Exporting could not be resumed, and the watchdog keeps trying. The first failure: ${failure.message}${aside}`
      : `${failure.message}${before}${aside}`,
    remedy: leftPaused ? resumeByHand((await readConfig(context))?.clusters[cluster]?.zeebe) : failure.remedy,
    execution: executionUrl(runId),
    manifest: manifest && context.ledger.manifestLocation(cluster, manifest.backupId),
  };
}

/** The failure of the try before this one, which often shows the cause better. */
async function firstTry(
  cluster: string,
  replaces: number | undefined,
  context: ReportNeeds,
): Promise<string> {
  if (replaces === undefined) return '';
  try {
    const before = await within(asideSeconds, () => context.ledger.readManifest(cluster, replaces), context);
    return ` (This was another try; before it, the backup ${replaces} failed: ${before?.failure?.message ?? 'its reason is not known'})`;
  } catch (error) {
    context.warn(`The manifest of ${replaces} could not be read: ${describe(error)}`);
    return '';
  }
}
