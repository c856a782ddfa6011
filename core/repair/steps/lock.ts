import { ifReadable, type KnownManifest } from '../../backup/fail-manifest.ts';
import type { ClusterConfig } from '../../config/schema.ts';
import { resumeByHand } from '../../connect/by-hand.ts';
import type { Context } from '../../context.ts';
import { resumedUnwritten } from '../../error-names.ts';
import { type BackupError, isBackupError } from '../../errors.ts';
import type { UnreadableLock } from '../../ledger/lock/document.ts';
import type { Holder } from '../../ledger/lock/holder.ts';
import { type Lock, mayBePaused } from '../../ledger/lock/lock.ts';
import { describeOwner, describeRun } from '../../ledger/lock/owner.ts';
import { afterwards, mayBeTakenOver, whenOwnerIsGone } from '../../ledger/lock/purpose.ts';
import { type Repaired, repair, repairable } from '../lock.ts';
import { type Freed, freeable, freeUnreadableLock } from '../unreadable-lock.ts';
import { type LockAnswer, problemOf } from './answers.ts';

/** The result of the step of the lock. */
type LockStep =
  /** `empty` is set if the ledger has nothing about the cluster. Then a missing lock proves nothing. */
  | { outcome: 'none'; empty: BackupError | undefined }
  | { outcome: 'repaired'; repaired: Repaired }
  /** A dry run has found a lock that a repair would end. */
  | ({ outcome: 'repairable'; lock: Lock } & KnownManifest)
  /** The lock could not be read. */
  | { outcome: 'freed'; holder: Holder | undefined; freed: Freed }
  /** The same in a dry run. Exporting would be resumed at `url`; without `url` it would not be. */
  | { outcome: 'freeable'; holder: Holder | undefined; url: string | undefined }
  /** `lock` is undefined if it cannot be read, or has been removed in the meantime. */
  | {
      outcome: 'left';
      lock: Holder | undefined;
      unreadable: UnreadableLock | undefined;
      problem: BackupError;
    };

export interface LockRequest {
  force: boolean;
  dryRun: boolean;
}

/** Repairs the lock of a dead run, and with `force` frees a lock that cannot be read. */
export async function repairLockOf(
  cluster: string,
  config: ClusterConfig,
  request: LockRequest,
  context: Context,
): Promise<LockAnswer> {
  const step = await tryLock(cluster, config, request, context);
  const { outcome } = step;
  const problem = outcome === 'left' ? step.problem : outcome === 'none' ? step.empty : undefined;
  const byHand = outcome === 'left' ? resumeOf(step, config) : undefined;
  return {
    outcome,
    says: [lockSentence(cluster, step)],
    problems: problem ? [problemOf(problem)] : [],
    lock: lockResult(step),
    ...(byHand ? { byHand } : {}),
  };
}

async function tryLock(
  cluster: string,
  config: ClusterConfig,
  { force, dryRun }: LockRequest,
  context: Context,
): Promise<LockStep> {
  const { ledger } = context;
  try {
    const unreadable = await freeable(cluster, { force }, context);
    if (unreadable) {
      const { holder } = unreadable;
      if (dryRun) {
        const url = whenOwnerIsGone(unreadable) === 'undo' ? config.zeebe.url : undefined;
        return { outcome: 'freeable', holder, url };
      }
      return {
        outcome: 'freed',
        holder,
        freed: await freeUnreadableLock(cluster, config, unreadable, context),
      };
    }
    if (dryRun) {
      const lock = await repairable(cluster, { force }, context);
      if (!lock) return await noLock(cluster, context);
      const { backupId } = lock;
      const known = backupId === undefined ? {} : await ifReadable(ledger.readManifest(cluster, backupId));
      return { outcome: 'repairable', lock, ...known };
    }
    const repaired = await repair(cluster, { force }, context);
    return repaired ? { outcome: 'repaired', repaired } : await noLock(cluster, context);
  } catch (problem) {
    if (!isBackupError(problem)) throw problem;
    const lock = await ledger.readHolder(cluster).catch(() => undefined);
    const unreadable = lock ? undefined : await ledger.readUnreadableLock(cluster).catch(() => undefined);
    return { outcome: 'left', lock, unreadable, problem };
  }
}

async function noLock(cluster: string, { ledger }: Pick<Context, 'ledger'>): Promise<LockStep> {
  return { outcome: 'none', empty: await ledger.nothingOf(cluster) };
}

/** The call to make by hand if exporting may still be paused. */
function resumeOf(
  { lock, unreadable, problem }: Extract<LockStep, { outcome: 'left' }>,
  { zeebe }: ClusterConfig,
): string | undefined {
  const held = lock ?? unreadable;
  if (!unreadable && !(lock && mayBePaused(lock))) return undefined;
  // Exporting is resumed, and only the ledger does not record it.
  if (resumedUnwritten.includes(problem.name)) return undefined;
  // A living run is expected to pause exporting.
  if (isBackupError(problem, 'LockHeld', 'LockLost')) return undefined;
  if (held && !mayBeTakenOver(held)) return undefined;
  return resumeByHand(lock?.pause?.target ?? zeebe);
}

function lockResult(step: LockStep): LockAnswer['lock'] {
  if (step.outcome === 'none') return null;
  const lock = holderOf(step);
  const unrepaired = lock && !mayBePaused(lock) ? 'not-paused' : 'unknown';
  return {
    repaired: step.outcome === 'repaired' || step.outcome === 'freed',
    runId: lock?.runId ?? null,
    owner: lock ? describeOwner(lock.owner) : null,
    backupId: lock?.backupId ?? null,
    exporting:
      step.outcome === 'repaired'
        ? step.repaired.exporting
        : step.outcome === 'freed'
          ? step.freed.exporting
          : unrepaired,
    copy: step.outcome === 'freed' ? step.freed.copy : null,
  };
}

function holderOf(step: Exclude<LockStep, { outcome: 'none' }>): Holder | undefined {
  if (step.outcome === 'repaired') return step.repaired.lock;
  return 'holder' in step ? step.holder : step.lock;
}

function lockSentence(cluster: string, step: LockStep): string {
  switch (step.outcome) {
    case 'none':
      return step.empty
        ? `It is not known here whether a run of ${cluster} has left something.`
        : `There is no lock of ${cluster}: no run is at work, and none was left behind.`;
    case 'repaired': {
      const { lock, exporting } = step.repaired;
      const backup = backupSentence(lock, step.repaired, 'is');
      return `The run ${lock.runId} is repaired. ${resumeSentences[exporting]} ${backup} The lock is free.`;
    }
    case 'repairable': {
      const { lock } = step;
      const what = mayBePaused(lock)
        ? `Exporting would be resumed: it may have been paused since ${lock.pause.requestedAt}.`
        : 'Exporting was not paused by it.';
      const backup = backupSentence(lock, step, 'would be');
      return `The ${describeRun(lock)} would be repaired. ${what} ${backup} The lock would be free.`;
    }
    case 'freed':
      return `The lock of ${cluster} could not be read. ${resumeSentences[step.freed.exporting]} A copy of the lock is kept: ${step.freed.copy}. The lock is free.`;
    case 'freeable':
      return `The lock of ${cluster} cannot be read. ${step.url === undefined ? 'A' : `Exporting would be resumed at ${step.url}, a`} copy of the lock would be kept, and the lock would be free.`;
    case 'left':
      return `The lock of ${cluster} is left as it is.`;
  }
}

const resumeSentences: Record<Repaired['exporting'], string> = {
  'not-paused': 'Exporting was not paused by it.',
  answered: 'Exporting is resumed (answered; the phases of the partitions could not all be read back).',
  proven: 'Exporting is resumed (read back on every partition).',
};

function backupSentence(lock: Lock, { manifest, unreadable }: KnownManifest, is: 'is' | 'would be'): string {
  const { runId, backupId } = lock;
  const work = afterwards(lock);
  if (work !== undefined) return work;
  if (backupId === undefined) return 'It had not chosen an id yet.';
  if (unreadable)
    return `It is not known whether its backup ${backupId} is complete: the manifest cannot be read, and stays as it is.`;
  if (manifest?.runId !== runId) return `Its backup ${backupId} had no manifest yet.`;
  // The run died after it had written COMPLETED, and before it freed the lock.
  if (manifest.state === 'COMPLETED') return `Its backup ${backupId} is COMPLETED and stays so.`;
  return `Its backup ${backupId} ${is} marked FAILED.`;
}
