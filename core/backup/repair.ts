import { type Context, nowIso } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { Holder } from '../ledger/holder.ts';
import { type Lock, mayBePaused } from '../ledger/lock.ts';
import type { Failure, Manifest } from '../ledger/manifest.ts';
import { type Alive, describeOwner, isOwnerAlive, isRunAlive } from '../ledger/owner.ts';
import { resumeAndProve } from './exporting.ts';
import { recordFailure } from './finish.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets' | 'owner'>;

export interface Repaired {
  lock: Lock;
  exporting: 'not-paused' | 'answered' | 'proven';
  manifest: Manifest | undefined;
}

/** One repairer at a time; whoever began this long ago has died meanwhile. */
const repairTakesSeconds = 300;

/**
 * Puts right what a run left behind whose owner is gone: resumes exporting, marks the manifest FAILED, gives the
 * lock back. Returns undefined where there is no lock. Throws LockHeld when the owner runs, or when it cannot be
 * known from here and `force` is not set; ResumeFailed or Unreachable when exporting is still paused, and the
 * lock stays then.
 */
export async function repair(
  cluster: string,
  { force }: { force: boolean },
  context: Needs,
): Promise<Repaired | undefined> {
  const lock = await repairable(cluster, { force }, context);
  return lock && repairLock(lock, abandoned(lock), context);
}

/** The lock that `repair` would put right now; throws where it would refuse to. Changes nothing. */
export async function repairable(
  cluster: string,
  { force }: { force: boolean },
  { ledger, clock }: Pick<Needs, 'ledger' | 'clock'>,
): Promise<Lock | undefined> {
  const lock = await ledger.readLock(cluster);
  if (!lock) return undefined;
  const alive = await isRunAlive(lock, { ledger });
  if (alive === 'alive' || (alive === 'unknown' && !force)) throw heldBy(lock, alive);
  refuseIfClaimed(lock, clock);
  return lock;
}

/** The same, of a lock whose owner is known to be gone. */
export async function repairLock(lock: Lock, failure: Failure, context: Needs): Promise<Repaired> {
  const { ledger } = context;
  const { cluster, runId } = lock;
  await claim(lock, context);
  try {
    const exporting = await resumeLeftOver(lock, context);
    const { manifest } = await recordFailure(lock, failure, context);
    return { lock, exporting, manifest };
  } catch (error) {
    // The next one need not wait until this attempt is old; where that cannot be written, it waits.
    await ledger.changeLock(cluster, runId, { repair: undefined }).catch(() => undefined);
    throw error;
  }
}

async function resumeLeftOver(lock: Lock, context: Needs): Promise<Repaired['exporting']> {
  if (!mayBePaused(lock) || !lock.exporting) return 'not-paused';
  const resumeProof = await resumeAndProve(lock.exporting, context);
  await context.ledger.changeLock(lock.cluster, lock.runId, { resumedAt: nowIso(context), resumeProof });
  return resumeProof;
}

export function abandoned(lock: Lock): Failure {
  return {
    error: 'Abandoned',
    message: `The run ${lock.runId} (${describeOwner(lock.owner)}) ended without an end; its lock was found and repaired`,
  };
}

/**
 * Only one repairs: a second one, late, would resume exporting under the next run's pause. Throws LockLost when
 * another is at it.
 */
async function claim({ cluster, runId }: Lock, { ledger, clock, owner }: Needs): Promise<void> {
  await ledger.changeLock(cluster, runId, (lock) => {
    refuseIfClaimed(lock, clock);
    return { repair: { startedAt: nowIso({ clock }), by: owner(`repair of ${runId}`) } };
  });
}

function refuseIfClaimed({ cluster, repair }: Lock, clock: Needs['clock']): void {
  if (!repair) return;
  const age = (clock.now() - Date.parse(repair.startedAt)) / 1000;
  if (age >= repairTakesSeconds || isOwnerAlive(repair.by) === 'gone') return;
  throw new BackupError(
    'LockLost',
    `The lock of ${cluster} is being repaired by ${describeOwner(repair.by)} since ${repair.startedAt}`,
    { remedy: 'Wait a moment and look again.' },
  );
}

/** A lock that somebody holds, as a sentence with what to do. */
export function heldBy(lock: Holder, alive: Alive): BackupError {
  const { cluster, runId, owner, acquiredAt, backupId } = lock;
  const what = backupId === undefined ? 'a run' : `the backup ${backupId}`;
  const paused = mayBePaused(lock) ? ' Exporting is paused on its behalf.' : '';
  const remedy = {
    alive: 'Wait for it, or end it (Ctrl-C, SIGTERM): it resumes exporting before it ends.',
    gone: `Run: camunda-backup repair --cluster ${cluster}`,
    unknown: `Whether it still runs cannot be seen from here. If you know that it does not, run: camunda-backup repair --cluster ${cluster} --force`,
  }[alive];
  return new BackupError(
    'LockHeld',
    `The lock of ${cluster} is held by ${what} (${runId}, ${describeOwner(owner)}) since ${acquiredAt}.${paused}`,
    { remedy },
  );
}
