import type { Alert } from '../alert.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { BackupEvent } from '../event.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';

/** The time limit for sending an event. The client gives up earlier, so that the warning says why. */
export const publishSeconds = 5;

/** Sends an event to other programs. It never throws, because no backup and no alert depends on an event. */
export async function publish(
  event: BackupEvent,
  context: Pick<Context, 'publish' | 'clock' | 'warn'>,
): Promise<void> {
  try {
    await within(publishSeconds, () => context.publish(event), context);
  } catch (error) {
    context.warn(`The event "${event.type}" could not be sent: ${describe(error)}`);
  }
}

type Located = Pick<Context, 'ledger'>;

/** A run that has its backup id. */
export interface StartedRun {
  run: Run;
  reason: string;
  attempt: number;
  replaces?: number | undefined;
}

export function startedEvent(
  { run: { cluster, backupId, runId }, reason, attempt, replaces }: StartedRun,
  { ledger }: Located,
): BackupEvent {
  const manifest = ledger.manifestLocation(cluster, backupId);
  return {
    type: 'Backup Started',
    detail: {
      cluster,
      run: runId,
      backupId,
      manifest,
      reason,
      attempt,
      ...(replaces === undefined ? {} : { replaces }),
    },
  };
}

export function completedEvent(manifest: Manifest, context: Located): BackupEvent {
  return {
    type: 'Backup Completed',
    detail: { ...detailOf(manifest, context), warnings: manifest.warnings.length },
  };
}

/** The event of a backup whose manifest is FAILED. */
export function failedEvent(manifest: Manifest, context: Located): BackupEvent {
  const { cluster, runId, failure, exporting } = manifest;
  return failedRunEvent({ cluster, runId, failure, manifest, leftPaused: exporting.leftPaused }, context);
}

interface FailedRun {
  cluster: string;
  runId: string;
  failure: Failure | undefined;
  leftPaused: boolean;
  /** Undefined if the run had none yet, or if it cannot be read. */
  manifest: Manifest | undefined;
}

export function failedRunEvent(
  { cluster, runId, failure, leftPaused, manifest }: FailedRun,
  context: Located,
): BackupEvent {
  return {
    type: 'Backup Failed',
    detail: {
      cluster,
      run: runId,
      ...(manifest ? detailOf(manifest, context) : {}),
      exportingLeftPaused: leftPaused,
      ...(failure ? { error: failure.error, cause: failure.message } : {}),
    },
  };
}

/** The event of an alert about exporting that is left paused. */
export function leftPausedEvent({ cluster, backupId, reason, remedy }: Alert): BackupEvent {
  return {
    type: 'Exporting Left Paused',
    detail: {
      cluster,
      ...(backupId === undefined ? {} : { backupId }),
      cause: reason,
      ...(remedy === undefined ? {} : { remedy }),
    },
  };
}

function detailOf(manifest: Manifest, { ledger }: Located) {
  const { cluster, runId, backupId, reason, startedAt, endedAt, exporting } = manifest;
  const { pausedAt, resumedAt } = exporting;
  return {
    cluster,
    run: runId,
    backupId,
    manifest: ledger.manifestLocation(cluster, backupId),
    reason,
    ...(endedAt ? { durationSeconds: secondsBetween(startedAt, endedAt) } : {}),
    ...(pausedAt && resumedAt ? { pausedSeconds: secondsBetween(pausedAt, resumedAt) } : {}),
  };
}

export function secondsBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 1000;
}
