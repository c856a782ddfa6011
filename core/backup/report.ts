import { isDeepStrictEqual } from 'node:util';
import { adviceFor } from '../advice.ts';
import { type Alert, executionUrl } from '../alerts.ts';
import { resumeByHand } from '../by-hand.ts';
import { titles } from '../camunda/component.ts';
import type { Config } from '../config.ts';
import type { Context, Figure } from '../context.ts';
import { BackupError, describe } from '../errors.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import { ping } from '../ping.ts';
import { forgetUntold, keepUntold, tellSeconds, untoldOf } from '../untold.ts';
import { within } from '../within.ts';

type Needs = Pick<Context, 'config' | 'http' | 'ledger' | 'clock' | 'tell' | 'measure' | 'warn'>;

/** A monitor that does not answer, or a configuration that cannot be read, is not waited for longer. */
const asideSeconds = 10;

/**
 * Tells what a completed backup was: figures, the ping, and people where that is wanted. The backup is complete
 * whatever comes of it: throws nothing, and takes a moment.
 */
export async function reportCompleted(manifest: Manifest, context: Needs): Promise<void> {
  const { cluster, backupId, runId } = manifest;
  count(
    [
      { name: 'BackupCompleted', unit: 'Count', value: 1, cluster },
      { name: 'BackupFailed', unit: 'Count', value: 0, cluster },
      {
        name: 'DurationSeconds',
        unit: 'Seconds',
        value: between(manifest.startedAt, manifest.endedAt),
        cluster,
      },
      ...pausedFigure(manifest),
      ...componentFigures(manifest),
    ],
    context,
  );
  await callPing(cluster, 'success', context);
  const config = await readConfig(context);
  if (!config?.deployment?.alerts.onSuccess) return;
  const alert: Alert = {
    kind: 'backupCompleted',
    severity: 'INFO',
    cluster,
    backupId,
    reason: `The backup ${backupId} is complete: ${manifest.components.map(({ component }) => titles[component]).join(', ')}.`,
    execution: executionUrl(runId),
    manifest: context.ledger.manifestLocation(cluster, backupId),
  };
  try {
    await within(tellSeconds, () => context.tell(alert), context);
  } catch (error) {
    context.warn(`People could not be told that the backup ${backupId} is complete: ${describe(error)}`);
  }
}

/** A run that failed. */
export interface FailedRun {
  cluster: string;
  runId: string;
  failure: Failure;
  replaces?: number | undefined;
  /** Exporting may still be paused, also where no manifest says so. */
  leftPaused?: boolean;
  /** What else could not be known or done because a document cannot be read, as a sentence. */
  notKnown?: string | undefined;
}

/**
 * Tells that a run failed, and loudly when exporting may still be paused. Throws AlertFailed where people could not
 * be told: called again it tells them the same, and counts nothing twice. Until then it is written down for the watchdog.
 */
export async function reportFailed(
  failed: FailedRun,
  manifest: Manifest | undefined,
  context: Needs,
): Promise<void> {
  const { cluster, runId } = failed;
  const before = await untoldOf(cluster, runId, context).catch((error: unknown) => {
    context.warn(`What people were told of ${cluster} could not be read: ${describe(error)}`);
    return undefined;
  });
  if (!before) {
    count(
      [
        { name: 'BackupFailed', unit: 'Count', value: 1, cluster },
        { name: 'BackupCompleted', unit: 'Count', value: 0, cluster },
        ...(manifest ? pausedFigure(manifest) : []),
      ],
      context,
    );
    await callPing(cluster, 'fail', context);
  }
  const alert = before?.alert ?? (await alertOf(failed, manifest, context));
  try {
    await within(tellSeconds, () => context.tell(alert), context);
  } catch (error) {
    const untold = { runId, backupId: alert.backupId, alert };
    await keepUntold(cluster, untold, context).catch((problem: unknown) => {
      context.warn(
        `What people are to be told of ${cluster} could not be written down: ${describe(problem)}`,
      );
    });
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
  if (!before) return;
  await forgetUntold(cluster, (one) => isDeepStrictEqual(one, before), context).catch((error: unknown) => {
    context.warn(`People may be told twice of a run of ${cluster}: ${describe(error)}`);
  });
}

async function alertOf(
  { cluster, runId, failure, replaces, notKnown, ...failed }: FailedRun,
  manifest: Manifest | undefined,
  context: Needs,
): Promise<Alert> {
  const leftPaused = (failed.leftPaused || manifest?.exporting.leftPaused) ?? false;
  const aside = notKnown ? `. ${notKnown}` : '';
  const part = manifest?.components.find(({ state }) => state === 'FAILED');
  return {
    kind: leftPaused ? 'exportingLeftPaused' : 'backupFailed',
    severity: leftPaused ? 'CRITICAL' : 'WARNING',
    cluster,
    backupId: manifest?.backupId,
    component: part && titles[part.component],
    reason: leftPaused
      ? `Exporting could not be resumed and the watchdog goes on trying. First: ${failure.message}${aside}`
      : `${failure.message}${await firstTry(cluster, replaces, context)}${aside}`,
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
  { ledger, warn }: Needs,
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

export function reportStarted(cluster: string, context: Needs): Promise<void> {
  return callPing(cluster, 'start', context);
}

async function callPing(cluster: string, when: 'start' | 'success' | 'fail', context: Needs): Promise<void> {
  const problem = await within(asideSeconds, () => ping(cluster, when, context), context).catch(describe);
  if (problem) context.warn(`The ping URL could not be called: ${problem}`);
}

/** Undefined where it cannot be read: what is told then is a little less. */
async function readConfig(context: Needs): Promise<Config | undefined> {
  try {
    return await within(asideSeconds, context.config, context);
  } catch (error) {
    context.warn(`The configuration could not be read: ${describe(error)}`);
    return undefined;
  }
}

function count(figures: Figure[], { measure, warn }: Needs): void {
  try {
    measure(figures);
  } catch (error) {
    warn(`The figures could not be recorded: ${describe(error)}`);
  }
}

function pausedFigure({ cluster, exporting }: Manifest): Figure[] {
  const { pausedAt, resumedAt } = exporting;
  if (!pausedAt || !resumedAt) return [];
  return [{ name: 'PausedSeconds', unit: 'Seconds', value: between(pausedAt, resumedAt), cluster }];
}

function componentFigures({ cluster, components }: Manifest): Figure[] {
  return components.flatMap(({ component, startedAt, endedAt }) =>
    startedAt && endedAt
      ? [
          {
            name: 'ComponentSeconds',
            unit: 'Seconds' as const,
            value: between(startedAt, endedAt),
            cluster,
            component,
          },
        ]
      : [],
  );
}

function between(start: string, end: string | undefined): number {
  return end === undefined ? 0 : (Date.parse(end) - Date.parse(start)) / 1000;
}
