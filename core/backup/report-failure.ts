import { isDeepStrictEqual } from 'node:util';
import { adviceFor } from '../advice.ts';
import { type Alert, executionUrl } from '../alerts.ts';
import { resumeByHand } from '../by-hand.ts';
import { titles } from '../camunda/component.ts';
import { BackupError, describe } from '../errors.ts';
import type { Failure } from '../ledger/manifest.ts';
import type { UntoldAlert } from '../ledger/watch-memory.ts';
import { forgetUntold, keepUntold, tellSeconds, untoldOf } from '../untold.ts';
import { within } from '../within.ts';
import type { KnownManifest } from './fail-manifest.ts';
import { asideSeconds, callPing, count, pausedFigure, type ReportNeeds, readConfig } from './report.ts';

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
}

/** How people learn of one failed run. */
export interface FailureReport {
  /**
   * Counts the failure and writes down what people are to be told, before the run gives its lock back: should it die
   * after that, the watchdog tells them. Throws nothing, and takes a moment.
   */
  prepare(known: KnownFailure): Promise<void>;
  /**
   * Tells that the run failed, and loudly when exporting may still be paused. Throws AlertFailed where people could not
   * be told: called again it tells them the same, and counts nothing twice. Until then it is written down for the
   * watchdog.
   */
  tell(known: KnownFailure): Promise<void>;
}

export function reportOfFailure(failed: FailedRun, context: ReportNeeds): FailureReport {
  const { cluster, runId } = failed;
  /** What is written down. */
  let written: UntoldAlert | undefined;
  /** An earlier call has counted the failure and called the monitor. */
  let isRepeated = false;
  let isCounted = false;

  const countOnce = async ({ manifest }: KnownFailure) => {
    if (isCounted) return;
    isCounted = true;
    written = await within(asideSeconds, () => untoldOf(cluster, runId, context), context).catch(
      (error: unknown) => {
        context.warn(`What people were told of ${cluster} could not be read: ${describe(error)}`);
        return undefined;
      },
    );
    isRepeated = written !== undefined;
    if (isRepeated) return;
    count(
      [
        { name: 'BackupFailed', unit: 'Count', value: 1, cluster },
        { name: 'BackupCompleted', unit: 'Count', value: 0, cluster },
        ...(manifest ? pausedFigure(manifest) : []),
      ],
      context,
    );
  };
  const write = async (alert: Alert) => {
    const untold = { runId, backupId: alert.backupId, alert };
    await within(asideSeconds, () => keepUntold(cluster, untold, context), context);
    written = untold;
  };
  const notWritten = (error: unknown) =>
    context.warn(`What people are to be told of ${cluster} could not be written down: ${describe(error)}`);

  return {
    async prepare(known) {
      const countAndWrite = async () => {
        await countOnce(known);
        if (!written) await write(await alertOf(failed, known, context));
      };
      await within(asideSeconds, countAndWrite, context).catch(notWritten);
    },

    async tell(known) {
      await countOnce(known);
      if (!isRepeated) await callPing(cluster, 'fail', context);
      const alert = written?.alert ?? (await alertOf(failed, known, context));
      try {
        await within(tellSeconds, () => context.tell(alert), context);
      } catch (error) {
        if (!written) await write(alert).catch(notWritten);
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
      const done = written;
      if (!done) return;
      const forget = () => forgetUntold(cluster, (one) => isDeepStrictEqual(one, done), context);
      await within(asideSeconds, forget, context).catch((error: unknown) => {
        context.warn(`People may be told twice of a run of ${cluster}: ${describe(error)}`);
      });
    },
  };
}

async function alertOf(
  { cluster, runId, failure, replaces }: FailedRun,
  { manifest, unreadable, ...known }: KnownFailure,
  context: ReportNeeds,
): Promise<Alert> {
  const leftPaused = (known.leftPaused || manifest?.exporting.leftPaused) ?? false;
  const aside = unreadable ? `. ${unreadable.message}` : '';
  const part = manifest?.components.find(({ state }) => state === 'FAILED');
  return {
    kind: leftPaused ? 'exportingLeftPaused' : 'backupFailed',
    severity: leftPaused ? 'CRITICAL' : 'WARNING',
    cluster,
    backupId: manifest?.backupId,
    component: part && titles[part.component],
    reason: leftPaused
      ? `Exporting could not be resumed and the watchdog goes on trying. First: ${failure.message}${aside}`
      : `${failure.message}${await firstTry(cluster, manifest?.replaces ?? replaces, context)}${aside}`,
    remedy: leftPaused
      ? resumeByHand((await readConfig(context))?.clusters[cluster]?.zeebe)
      : (failure.remedy ?? adviceFor(failure.message)),
    execution: executionUrl(runId),
    manifest: manifest && context.ledger.manifestLocation(cluster, manifest.backupId),
  };
}

/** What the try before came to: where both fail, the first failure is often the telling one. */
async function firstTry(
  cluster: string,
  replaces: number | undefined,
  { ledger, warn }: ReportNeeds,
): Promise<string> {
  if (replaces === undefined) return '';
  try {
    const before = await ledger.readManifest(cluster, replaces);
    return ` (This was another try; before it ${replaces} failed: ${before?.failure?.message ?? 'no reason known'})`;
  } catch (error) {
    warn(`The manifest of ${replaces} could not be read: ${describe(error)}`);
    return '';
  }
}
