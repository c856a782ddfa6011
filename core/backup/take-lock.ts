import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import type { BackupRequest, Skipped } from './request.ts';
import { backupOfMoment } from './schedule-moment.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'owner'>;

/** A lock that this run holds. */
export interface Taken {
  lock: Lock;
  /** True if the lock was free until now. */
  isNew: boolean;
  /** The run that last released the lock, if it was free. */
  releasedBy: string | undefined;
  /** Every id that the ledger has used, in ascending order. Only the run that holds the lock adds ids. */
  ledgerIds: number[];
}

/**
 * Takes the lock of a cluster, unless this run has it already. Returns SKIPPED if another run holds the lock, or has
 * made the backup of this moment. Throws LockLost if another run has the lock and this run has had a backup.
 */
export async function takeLock(
  request: BackupRequest,
  runId: string,
  context: Needs,
): Promise<Taken | Skipped> {
  const { ledger } = context;
  const { cluster, reason, attempt } = request;
  const acquired = await ledger.acquire({
    format: 2,
    cluster,
    runId,
    purpose: 'backup',
    owner: context.owner(runId),
    reason,
    acquiredAt: nowIso(context),
  });
  const { lock } = acquired;
  if (lock.runId !== runId) {
    // A run that has had a backup is not skipped: this call is a late duplicate, or the run has lost its lock.
    if (attempt > 1 || (await hasBackup(cluster, runId, await ledger.backupIds(cluster), context))) {
      throw lockLost({ cluster, runId }, lock);
    }
    const because = `the run ${lock.runId} has held the lock of ${cluster} since ${lock.acquiredAt}`;
    return { outcome: 'SKIPPED', cluster, because, heldBy: lock };
  }
  const ledgerIds = await ledger.backupIds(cluster);
  const already = await backupOfMoment(request, runId, ledgerIds, context);
  if (!already) return { ...acquired, ledgerIds };
  await ledger.release(cluster, runId);
  return { outcome: 'SKIPPED', cluster, because: already };
}

/**
 * Throws LockLost and releases the lock if this run has already ended. Then this call is a late duplicate, and no later
 * state would release the lock.
 */
export async function refuseLateCall(
  { cluster, attempt }: BackupRequest,
  runId: string,
  { isNew, releasedBy, ledgerIds }: Taken,
  context: Needs,
): Promise<void> {
  if (!isNew) return;
  const hasEnded =
    attempt > 1 || releasedBy === runId || (await hasBackup(cluster, runId, ledgerIds, context));
  if (!hasEnded) return;
  await context.ledger.release(cluster, runId);
  throw lockLost({ cluster, runId }, undefined);
}

/** True if this run already has a manifest. A duplicate arrives within hours, so one day is searched. */
async function hasBackup(
  cluster: string,
  runId: string,
  ledgerIds: number[],
  { ledger, clock }: Needs,
): Promise<boolean> {
  const dayAgo = clock.now() - 24 * 3600_000;
  for await (const manifest of ledger.manifests(cluster, ledgerIds.toReversed())) {
    if (manifest.runId === runId) return true;
    if (Date.parse(manifest.startedAt) < dayAgo) return false;
  }
  return false;
}
