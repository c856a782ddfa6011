import type { Context } from '../context.ts';
import type { BackupRequest } from './request.ts';

/**
 * Describes the backup that another run has made for the moment of this request; undefined if there is none.
 * EventBridge Scheduler may deliver a moment twice, and the duplicate may come after the first backup has ended.
 */
export async function backupOfMoment(
  { cluster, scheduledTime }: Pick<BackupRequest, 'cluster' | 'scheduledTime'>,
  runId: string,
  ledgerIds: number[],
  { ledger }: Pick<Context, 'ledger'>,
): Promise<string | undefined> {
  if (scheduledTime === undefined) return undefined;
  for await (const manifest of ledger.manifests(cluster, ledgerIds.toReversed())) {
    if (manifest.scheduledTime === scheduledTime && manifest.runId !== runId) {
      return `the backup ${manifest.backupId} of the run ${manifest.runId} was made for ${scheduledTime}`;
    }
    // A backup for this moment cannot have begun before it.
    if (Date.parse(manifest.startedAt) < Date.parse(scheduledTime)) return undefined;
  }
  return undefined;
}
