import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { owns } from '../ledger/lock/ownership.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/** A manifest that this module marked FAILED, with the reason. */
export type FailedOrphan = Manifest & { failure: Failure };

/**
 * Finds the manifests that are RUNNING although their run is gone. A run writes the id into its lock before it writes
 * the manifest, and at its end it writes the manifest before it releases the lock. So a manifest is an orphan if it is
 * RUNNING, then the lock belongs to another run or is free, and then the manifest is still RUNNING.
 */
export async function findOrphans(
  manifests: Manifest[],
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<Manifest[]> {
  const orphans: Manifest[] = [];
  for (const { cluster, backupId } of manifests.filter(isRunning)) {
    const lock = await ledger.readLock(cluster);
    const now = await ledger.readManifest(cluster, backupId);
    if (now && isOrphan(now, lock)) orphans.push(now);
  }
  return orphans;
}

/**
 * Marks orphans FAILED, and calls `before` with each one before it is written. A manifest that changes at the same
 * moment stays as it is, because it is written only if it has not changed since it was read.
 */
export async function failOrphans(
  manifests: Manifest[],
  context: Needs,
  before: (failed: FailedOrphan) => Promise<void> = async () => undefined,
): Promise<FailedOrphan[]> {
  const failed: FailedOrphan[] = [];
  for (const manifest of manifests.filter(isRunning)) {
    const marked = await failOrphan(manifest, context, before);
    if (marked) failed.push(marked);
  }
  return failed;
}

async function failOrphan(
  { cluster, backupId }: Manifest,
  { ledger, clock }: Needs,
  before: (failed: FailedOrphan) => Promise<void>,
): Promise<FailedOrphan | undefined> {
  let failed: FailedOrphan | undefined;
  try {
    await ledger.changeManifest(cluster, backupId, async (manifest) => {
      // The lock is read after the manifest. In the other order, the manifest of a new run would look like an orphan.
      if (!isOrphan(manifest, await ledger.readLock(cluster))) return manifest;
      failed = {
        ...manifest,
        state: 'FAILED',
        endedAt: nowIso({ clock }),
        components: await ledger.readEntries(cluster, backupId),
        failure: orphaned(manifest),
      };
      await before(failed);
      return failed;
    });
  } catch (error) {
    // Its run has ended it at the same moment, or another process has marked it.
    if (isBackupError(error, 'LockLost')) return undefined;
    throw error;
  }
  return failed;
}

const isRunning = ({ state }: Manifest) => state === 'RUNNING';

function isOrphan(manifest: Manifest, lock: Lock | undefined): boolean {
  return isRunning(manifest) && !(lock && owns(manifest, lock));
}

function orphaned({ backupId, runId }: Manifest): Failure {
  return {
    error: 'Abandoned',
    message: `The backup ${backupId} was RUNNING, and no lock belongs to its run ${runId}: that run is gone`,
    remedy:
      'Start a new backup. If a person has removed the lock, check whether exporting is paused (exporterPhase in GET /actuator/partitions of every broker).',
  };
}
