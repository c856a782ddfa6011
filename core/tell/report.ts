import type { Alert } from '../alert.ts';
import { titles } from '../components/kinds.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { Figure } from '../figures.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { within } from '../within.ts';
import { executionUrl } from './alert-message.ts';
import { completedEvent, publish, type StartedRun, secondsBetween, startedEvent } from './events.ts';
import { ping } from './ping.ts';
import { tellPeople } from './tell-people.ts';

export type ReportNeeds = Pick<
  Context,
  'config' | 'http' | 'ledger' | 'clock' | 'tell' | 'publish' | 'measure' | 'warn'
>;

/** The longest wait for a monitor that does not answer, or for the configuration. */
export const asideSeconds = 10;

/**
 * Reports a completed backup: it records metrics, calls the ping URL, sends an event, and sends an alert if
 * `alerts.onSuccess` is set. None of this changes the backup's state, so it never throws, and every step has a time limit.
 */
export async function reportCompleted(manifest: Manifest, context: ReportNeeds): Promise<void> {
  const { cluster, backupId, runId } = manifest;
  count(
    [
      { name: 'BackupCompleted', unit: 'Count', value: 1, cluster },
      { name: 'BackupFailed', unit: 'Count', value: 0, cluster },
      {
        name: 'DurationSeconds',
        unit: 'Seconds',
        value: secondsBetween(manifest.startedAt, manifest.endedAt ?? manifest.startedAt),
        cluster,
      },
      ...pausedFigure(manifest),
      ...componentFigures(manifest),
    ],
    context,
  );
  await Promise.all([
    callPing(cluster, 'success', context),
    publish(completedEvent(manifest, context), context),
  ]);
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
    await tellPeople(alert, context);
  } catch (error) {
    context.warn(`People could not be told that the backup ${backupId} is complete: ${describe(error)}`);
  }
}

/** Calls the ping URL and sends an event at the same time. It never throws, and every step has a time limit. */
export async function reportStarted(started: StartedRun, context: ReportNeeds): Promise<void> {
  await Promise.all([
    callPing(started.run.cluster, 'start', context),
    publish(startedEvent(started, context), context),
  ]);
}

export async function callPing(
  cluster: string,
  when: 'start' | 'success' | 'fail',
  context: ReportNeeds,
): Promise<void> {
  const problem = await within(asideSeconds, () => ping(cluster, when, context), context).catch(describe);
  if (problem) context.warn(`The ping URL could not be called: ${problem}`);
}

/** The configuration; undefined if it cannot be read. Then the report lacks some details. */
export async function readConfig(context: ReportNeeds): Promise<Config | undefined> {
  try {
    return await within(asideSeconds, context.config, context);
  } catch (error) {
    context.warn(`The configuration could not be read: ${describe(error)}`);
    return undefined;
  }
}

export function count(figures: Figure[], { measure, warn }: ReportNeeds): void {
  try {
    measure(figures);
  } catch (error) {
    warn(`The figures could not be recorded: ${describe(error)}`);
  }
}

export function pausedFigure({ cluster, exporting }: Manifest): Figure[] {
  const { pausedAt, resumedAt } = exporting;
  if (!pausedAt || !resumedAt) return [];
  return [{ name: 'PausedSeconds', unit: 'Seconds', value: secondsBetween(pausedAt, resumedAt), cluster }];
}

function componentFigures({ cluster, components }: Manifest): Figure[] {
  return components.flatMap(({ component, startedAt, endedAt }) =>
    startedAt && endedAt
      ? [
          {
            name: 'ComponentSeconds',
            unit: 'Seconds' as const,
            value: secondsBetween(startedAt, endedAt),
            cluster,
            component,
          },
        ]
      : [],
  );
}
