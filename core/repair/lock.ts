import { resumeAndProve } from '../backup/exporting.ts';
import { recordFailure } from '../backup/fail.ts';
import type { KnownManifest } from '../backup/fail-manifest.ts';
import type { Context } from '../context.ts';
import { ledgerTrouble } from '../error-names.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import { changeOfPause, type Lock, mayBePaused } from '../ledger/lock/lock.ts';
import { describeRun, lookForRun } from '../ledger/lock/owner.ts';
import {
  goOnWithIt,
  mayBeTakenOver,
  type WhenOwnerIsGone,
  whenOwnerIsGone,
  whoHolds,
} from '../ledger/lock/purpose.ts';
import { remember, unwritten, writeResumed } from '../ledger/lock/unwritten-resume.ts';
import type { Failure } from '../ledger/manifest.ts';
import { claim, dropClaim, type Permit, permitFor, refuseIfClaimed } from './claim.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets' | 'repairer' | 'unwritten' | 'warn'>;

export interface Repaired extends KnownManifest {
  lock: Lock;
  exporting: 'not-paused' | 'answered' | 'proven';
}

/**
 * Repairs the lock of a run whose owner is gone, as far as the lock's purpose allows it: resumes exporting, marks the
 * manifest FAILED if it can be read, and releases the lock. Returns undefined if there is no lock. Throws:
 * - LockHeld if the owner is alive, if that is unknown and `force` is not set, or if the lock is kept for its command;
 * - ResumeFailed or Unreachable if exporting may still be paused; the lock stays then;
 * - ResumeUnwritten or ResumeUnwritable if exporting is resumed and the ledger could not record it.
 */
export async function repair(
  cluster: string,
  { force }: { force: boolean },
  context: Needs & Pick<Context, 'commands' | 'executions'>,
): Promise<Repaired | undefined> {
  const lock = await repairable(cluster, { force }, context);
  return lock && repairLock(lock, abandoned(lock), context);
}

/** Returns the lock that `repair` would repair now, and throws if `repair` would refuse. It changes nothing. */
export async function repairable(
  cluster: string,
  { force }: { force: boolean },
  context: Pick<Context, 'ledger' | 'clock' | 'commands' | 'executions'>,
): Promise<Lock | undefined> {
  const { ledger, clock, commands } = context;
  const lock = await ledger.readLock(cluster);
  if (!lock) return undefined;
  const { alive, trouble } = await lookForRun(lock, context);
  const isLeft = alive === 'gone' || (alive === 'unknown' && force);
  if (!isLeft || !mayBeTakenOver(lock)) throw heldBy(lock, alive, commands, trouble);
  refuseIfClaimed(lock, clock);
  return lock;
}

/** Repairs a lock whose owner is known to be gone. */
export function repairLock(lock: Lock, failure: Failure, context: Needs): Promise<Repaired> {
  return repairs[whenOwnerIsGone(lock)](lock, failure, context);
}

const repairs: Record<WhenOwnerIsGone, (lock: Lock, failure: Failure, context: Needs) => Promise<Repaired>> =
  {
    undo: undoRun,
    async free(lock, _, { ledger }) {
      await ledger.release(lock.cluster, lock.runId, { repaired: true });
      return { lock, exporting: 'not-paused' };
    },
    async keep(lock) {
      const what = `The lock of ${lock.cluster} is kept for ${whoHolds(lock)} (${lock.runId})`;
      throw new BackupError('LockHeld', what, { remedy: goOnWithIt });
    },
  };

async function undoRun(lock: Lock, failure: Failure, context: Needs): Promise<Repaired> {
  // The lock may have changed since it was read: a call in flight may have requested a pause meanwhile.
  const permit = await claim(lock, context).catch((error: unknown) =>
    resumeWithoutClaim(lock, error, context),
  );
  const { lock: claimed } = permit;
  try {
    const exporting = await resumeLeftOver(permit, context);
    await permit.require();
    const { leftPaused, manifest, unreadable } = await recordFailure(claimed, failure, context, {
      repaired: true,
    });
    if (leftPaused) {
      throw new BackupError(
        'ResumeFailed',
        `The run ${claimed.runId} asked for a pause while its lock was being repaired`,
      );
    }
    return { lock: claimed, exporting, manifest, ...(unreadable ? { unreadable } : {}) };
  } catch (error) {
    // Without the claim, the next repair can begin at once. If the claim cannot be removed, the next one waits.
    await dropClaim(claimed, context).catch(() => undefined);
    throw error;
  }
}

/** Resumes exporting if the ledger refuses writes, because its lock can still be read. Always throws. */
async function resumeWithoutClaim(before: Lock, error: unknown, context: Needs): Promise<never> {
  if (!isBackupError(error, ...ledgerTrouble)) throw error;
  const lock = await context.ledger.readLock(before.cluster);
  // If the lock was released or taken meanwhile, another process has already handled the pause.
  if (lock?.runId !== before.runId || !mayBePaused(lock)) throw error;
  refuseIfClaimed(lock, context.clock);
  const { http } = permitFor(lock, context);
  const proof = await resumeAndProve(lock.pause.target, { ...context, http });
  remember(lock, proof, context);
  throw unwritten(proof, error);
}

async function resumeLeftOver({ lock, http }: Permit, context: Needs): Promise<Repaired['exporting']> {
  if (!mayBePaused(lock)) return 'not-paused';
  const resumeProof = await resumeAndProve(lock.pause.target, { ...context, http });
  await writeResumed(lock, resumeProof, context, (resumed) =>
    context.ledger.changeLock(lock.cluster, lock.runId, (now) => changeOfPause(now, resumed)),
  );
  return resumeProof;
}

export function abandoned(lock: Lock): Failure {
  return {
    error: 'Abandoned',
    message: `The ${describeRun(lock)} stopped without ending its backup; its lock was found and repaired`,
  };
}
