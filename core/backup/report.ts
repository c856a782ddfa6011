import { adviceFor, resumeByHand } from '../advice.ts';
import { executionUrl } from '../alerts.ts';
import { titles } from '../camunda/component.ts';
import type { Context, Figure } from '../context.ts';
import { describe } from '../errors.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import { ping } from '../ping.ts';

type Needs = Pick<Context, 'config' | 'http' | 'ledger' | 'tell' | 'measure' | 'warn'>;

/** Tells what a completed backup was: figures, the ping, and people where that is wanted. */
export async function reportCompleted(manifest: Manifest, context: Needs): Promise<void> {
  const { cluster, backupId, runId } = manifest;
  context.measure([
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
  ]);
  await warnOf(ping(cluster, 'success', context), context);
  const { deployment } = await context.config();
  if (!deployment?.alerts.onSuccess) return;
  await context.tell({
    kind: 'backupCompleted',
    severity: 'INFO',
    cluster,
    backupId,
    reason: `The backup ${backupId} is complete: ${manifest.components.map(({ component }) => titles[component]).join(', ')}.`,
    execution: executionUrl(runId),
    manifest: context.ledger.manifestLocation(cluster, backupId),
  });
}

/** Tells that a run failed, and loudly when exporting may still be paused. */
export async function reportFailed(
  {
    cluster,
    runId,
    failure,
    replaces,
  }: { cluster: string; runId: string; failure: Failure; replaces?: number | undefined },
  manifest: Manifest | undefined,
  context: Needs,
): Promise<void> {
  const leftPaused = manifest?.exporting.leftPaused ?? false;
  context.measure([
    { name: 'BackupFailed', unit: 'Count', value: 1, cluster },
    { name: 'BackupCompleted', unit: 'Count', value: 0, cluster },
    ...(manifest ? pausedFigure(manifest) : []),
  ]);
  await warnOf(ping(cluster, 'fail', context), context);
  const failed = manifest?.components.find(({ state }) => state === 'FAILED');
  await context.tell({
    kind: leftPaused ? 'exportingLeftPaused' : 'backupFailed',
    severity: leftPaused ? 'CRITICAL' : 'WARNING',
    cluster,
    backupId: manifest?.backupId,
    component: failed && titles[failed.component],
    reason: leftPaused
      ? `Exporting could not be resumed and the watchdog goes on trying. First: ${failure.message}`
      : `${failure.message}${await firstTry(cluster, replaces, context)}`,
    remedy: leftPaused
      ? resumeByHand((await context.config()).clusters[cluster]?.zeebe.url ?? 'ZEEBE')
      : (failure.remedy ?? adviceFor(failure.message)),
    execution: executionUrl(runId),
    manifest: manifest && context.ledger.manifestLocation(cluster, manifest.backupId),
  });
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

export async function reportStarted(cluster: string, context: Needs): Promise<void> {
  await warnOf(ping(cluster, 'start', context), context);
}

async function warnOf(work: Promise<string | undefined>, { warn }: Needs): Promise<void> {
  const problem = await work;
  if (problem) warn(`The ping URL could not be called: ${problem}`);
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
