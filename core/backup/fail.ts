import type { Context } from '../context.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { failManifest, ifReadable, type KnownManifest } from './fail-manifest.ts';
import { releaseAsComplete } from './release.ts';
import { keepForTheNextTry } from './try-again.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/** The result of recording a failure. `manifest` is COMPLETED if the backup had been completed before. */
export interface Recorded extends KnownManifest {
  /** True if exporting may still be paused, so that the lock stays. */
  leftPaused: boolean;
  /** True if the run keeps the lock for a backup with a new id. */
  triesAgain: boolean;
}

export interface RecordOptions {
  tryAgain?: boolean;
  repaired?: boolean;
  beforeRelease?: (known: KnownManifest) => Promise<void>;
}

/**
 * Writes the FAILED manifest and releases the lock, or keeps it for another try (`tryAgain`). The lock also stays if
 * exporting may still be paused, so that the watchdog or the next run finds it. Never overwrites a COMPLETED manifest,
 * or one that cannot be read and so may be COMPLETED; neither keeps the lock from being released. `repaired` says that
 * another process does this for the run. `beforeRelease` is called before the lock is released, so that its records
 * survive if the run dies just after that.
 */
export async function recordFailure(
  { cluster, runId, backupId }: Pick<Run, 'cluster' | 'runId'> & { backupId?: number | undefined },
  failure: Failure,
  context: Needs,
  { tryAgain = false, repaired = false, beforeRelease = async () => {} }: RecordOptions = {},
): Promise<Recorded> {
  const { ledger } = context;
  const release = async (known: KnownManifest) => {
    const giveBack = () => ledger.release(cluster, runId, { repaired });
    const isComplete = known.manifest?.state === 'COMPLETED';
    // A repair reports whether the lock is free, so it must not ignore an error of the release.
    if (isComplete && !repaired) return releaseAsComplete({ cluster }, giveBack, context);
    if (!isComplete) await beforeRelease(known);
    return giveBack();
  };
  const lock = await ledger.readLock(cluster);
  // Without the lock, this run has already ended or never began, and has nothing to release or to record.
  if (lock?.runId !== runId) {
    const known = await ifReadable(manifestOf({ cluster, runId, backupId }, context));
    // With `tryAgain`, this is a late duplicate, and the run has gone on. If it has not, the next try fails with
    // LockLost.
    return { ...known, leftPaused: false, triesAgain: tryAgain && known.manifest?.state === 'FAILED' };
  }
  if (backupId !== undefined && lock.backupId !== backupId) {
    // A duplicate call: the failure is already recorded. The next try can still be cancelled, unless it has begun.
    const known = await ifReadable(manifestOf({ cluster, runId, backupId }, context));
    if (!tryAgain && lock.backupId === undefined) await release(known);
    return { ...known, leftPaused: false, triesAgain: tryAgain };
  }
  const known =
    lock.backupId === undefined
      ? { manifest: undefined }
      : await ifReadable(failManifest(lock, lock.backupId, failure, context));
  if (mayBePaused(lock)) return { ...known, leftPaused: true, triesAgain: false };
  const triesAgain =
    tryAgain && known.manifest?.state === 'FAILED' && (await keepForTheNextTry(lock, context));
  if (!triesAgain) await release(known);
  return { ...known, leftPaused: false, triesAgain };
}

async function manifestOf(
  { cluster, runId, backupId }: Pick<Run, 'cluster' | 'runId'> & { backupId?: number | undefined },
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<Manifest | undefined> {
  if (backupId === undefined) return undefined;
  const manifest = await ledger.readManifest(cluster, backupId);
  return manifest?.runId === runId ? manifest : undefined;
}
