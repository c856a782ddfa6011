import { ifReadable } from '../../core/backup/fail-manifest.ts';
import { resumeByHand } from '../../core/connect/by-hand.ts';
import type { Context } from '../../core/context.ts';
import { resumedUnwritten } from '../../core/error-names.ts';
import { isBackupError } from '../../core/errors.ts';
import { mayBePaused } from '../../core/ledger/lock/lock.ts';
import { mayBeTakenOver, whenOwnerIsGone } from '../../core/ledger/lock/purpose.ts';
import { repair, repairable } from '../../core/repair/lock.ts';
import { freeable, freeUnreadableLock } from '../../core/repair/unreadable-lock.ts';
import { printLine } from '../screen/output.ts';
import { type LockStep, lockSentence } from './report.ts';
import type { RepairOptions, Session } from './session.ts';

/** Repairs the lock of a dead run, and with `--force` frees a lock that cannot be read. */
export async function lockStep(session: Session): Promise<LockStep> {
  const { options, context, say } = session;
  const { name: cluster } = options.cluster;
  const step = await tryLock(options, context);
  say(lockSentence(cluster, step));
  if (step.outcome === 'left') session.problem(step.problem);
  if (step.outcome === 'none' && step.empty) session.problem(step.empty);
  return step;
}

async function tryLock({ cluster, force, dryRun }: RepairOptions, context: Context): Promise<LockStep> {
  const { ledger } = context;
  const { name } = cluster;
  try {
    const unreadable = await freeable(name, { force }, context);
    if (unreadable) {
      const { holder } = unreadable;
      if (dryRun) {
        const url = whenOwnerIsGone(unreadable) === 'undo' ? cluster.cluster.zeebe.url : undefined;
        return { outcome: 'freeable', holder, url };
      }
      const freed = await freeUnreadableLock(name, cluster.cluster, unreadable, context);
      return { outcome: 'freed', holder, freed };
    }
    if (dryRun) {
      const lock = await repairable(name, { force }, context);
      if (!lock) return await noLock(name, context);
      const { backupId } = lock;
      const known = backupId === undefined ? {} : await ifReadable(ledger.readManifest(name, backupId));
      return { outcome: 'repairable', lock, ...known };
    }
    const repaired = await repair(name, { force }, context);
    return repaired ? { outcome: 'repaired', repaired } : await noLock(name, context);
  } catch (problem) {
    if (!isBackupError(problem)) throw problem;
    const lock = await ledger.readHolder(name).catch(() => undefined);
    const unreadable = lock ? undefined : await ledger.readUnreadableLock(name).catch(() => undefined);
    return { outcome: 'left', lock, unreadable, problem };
  }
}

async function noLock(cluster: string, { ledger }: Pick<Context, 'ledger'>): Promise<LockStep> {
  return { outcome: 'none', empty: await ledger.nothingOf(cluster) };
}

/** Prints at the end that exporting may still be paused, because a long list hides the step of the lock. */
export function sayWhatIsPaused(step: LockStep, { options }: Session): void {
  if (step.outcome !== 'left') return;
  const { lock, unreadable, problem } = step;
  const held = lock ?? unreadable;
  if (!unreadable && !(lock && mayBePaused(lock))) return;
  // Exporting is resumed, and only the ledger does not record it.
  if (resumedUnwritten.includes(problem.name)) return;
  // A living run is expected to pause exporting.
  if (isBackupError(problem, 'LockHeld', 'LockLost')) return;
  if (held && !mayBeTakenOver(held)) return;
  const { name, cluster } = options.cluster;
  printLine(
    options.host.output.stderr,
    `EXPORTING OF ${name} MAY STILL BE PAUSED. ${resumeByHand(lock?.pause?.target ?? cluster.zeebe)}`,
  );
}
