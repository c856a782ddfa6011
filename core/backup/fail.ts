import type { Context } from '../context.ts';
import type { Run } from '../ledger/run.ts';
import { releaseAsComplete } from './release.ts';
import { keepForTheNextTry } from './try-again.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import { failManifest, ifReadable, type KnownManifest } from './fail-manifest.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'warn'>;

/** How a failure was written down; `manifest` is COMPLETED where the backup did not fail after all. */
export interface Recorded extends KnownManifest {
  /** Exporting may still be paused, and the lock stays. */
  leftPaused: boolean;
  /** The run keeps the lock, for a backup with a new id. */
  triesAgain: boolean;
}

export interface RecordOptions {
  tryAgain?: boolean;
  repaired?: boolean;
  beforeRelease?: (known: KnownManifest) => Promise<void>;
}

/**
 * Writes the FAILED manifest and gives the lock back, or keeps it for another try (`tryAgain`). The lock stays also
 * when exporting may still be paused: whoever comes next finds it there. A COMPLETED manifest is never overwritten, nor
 * one that cannot be read: it may be COMPLETED, and keeps no lock.
 * `repaired`: somebody else does this for the run. `beforeRelease` is called before the lock is given back: what it
 * writes down is known also where the run dies in the next moment.
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
    // Whoever repairs is asked whether the lock is free.
    if (isComplete && !repaired) return releaseAsComplete({ cluster }, giveBack, context);
    if (!isComplete) await beforeRelease(known);
    return giveBack();
  };
  const lock = await ledger.readLock(cluster);
  // Without the lock this run has nothing that it could give back or describe: it has ended, or never began.
  if (lock?.runId !== runId) {
    const known = await ifReadable(manifestOf({ cluster, runId, backupId }, context));
    // Of a backup that was to be tried again: a late call of a run that has gone on. If it has not, the next try says so.
    return { ...known, leftPaused: false, triesAgain: tryAgain && known.manifest?.state === 'FAILED' };
  }
  if (backupId !== undefined && lock.backupId !== backupId) {
    // Called again: the failure is written down. Unless the next try has begun, it may be called off now.
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
