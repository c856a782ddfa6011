import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import { owns } from '../ledger/lock/ownership.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/** A manifest that was an orphan: it says why. */
export type FailedOrphan = Manifest & { failure: Failure };

/**
 * Which of these manifests are RUNNING although their run is gone. Only the lock makes such a manifest alive: a run
 * writes the id into its lock before it writes the manifest, and however it ends, it writes the manifest before it
 * gives the lock back. So whoever reads RUNNING, then a lock of somebody else, then RUNNING again has found an orphan.
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
 * Marks orphans FAILED; `before` is called of each before it is written. What ends in this very moment is left as it
 * ended: a manifest is written only if nobody has changed it since it was read.
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
      // After the manifest was read: the other way round, the manifest of a run that begins would be an orphan.
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
    // Its run has ended it in this moment, or another one has marked it.
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
      'Start a new backup. If somebody has removed the lock by hand, see whether exporting is paused (exporterPhase in GET /actuator/partitions of every broker).',
  };
}
