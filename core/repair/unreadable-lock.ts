import { proveResumed } from '../backup/exporting.ts';
import { nowIso } from '../clock.ts';
import { configuredExporting } from '../components/zeebe/configured-exporting.ts';
import { resumeExporting } from '../components/zeebe/exporting.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { management } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { ledgerTrouble } from '../error-names.ts';
import { isBackupError } from '../errors.ts';
import type { UnreadableLock } from '../ledger/lock/document.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import { isRunAlive } from '../ledger/lock/owner.ts';
import { mayBeTakenOver, whenOwnerIsGone } from '../ledger/lock/purpose.ts';
import { unwritten } from '../ledger/lock/unwritten-resume.ts';
import type { Repaired } from './lock.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'>;

export interface Freed {
  exporting: Repaired['exporting'];
  /** The location of the lock's copy. */
  copy: string;
}

/**
 * Returns the unreadable lock if it may be freed; undefined if there is none. Throws its problem if `force` is not set
 * or it is kept for its own command, and LockHeld if its run is visibly alive. It changes nothing.
 */
export async function freeable(
  cluster: string,
  { force }: { force: boolean },
  context: Pick<Context, 'ledger' | 'clock' | 'commands' | 'executions'>,
): Promise<UnreadableLock | undefined> {
  const { ledger, commands } = context;
  const lock = await ledger.readUnreadableLock(cluster);
  if (!lock) return undefined;
  const { holder, problem } = lock;
  if (holder && (await isRunAlive(holder, context)) === 'alive') throw heldBy(holder, 'alive', commands);
  if (!force || !mayBeTakenOver(lock)) throw problem;
  return lock;
}

/**
 * Frees an unreadable lock. It is not known whether its run has paused exporting, so exporting is resumed at the
 * configured address and read back first. A copy of the lock is kept. Throws:
 * - ResumeFailed or Unreachable if exporting may still be paused;
 * - ResumeUnwritten or ResumeUnwritable if exporting is resumed and the ledger could not be written;
 * - LockLost if another process has changed the lock meanwhile. The lock stays then.
 */
export async function freeUnreadableLock(
  cluster: string,
  config: ClusterConfig,
  lock: UnreadableLock,
  context: Needs,
): Promise<Freed> {
  const { ledger, http, secrets } = context;
  if (whenOwnerIsGone(lock) === 'free') {
    return { exporting: 'not-paused', copy: await ledger.setLockAside(cluster, lock, nowIso(context)) };
  }
  // Resume first, before a question that could fail, because an unneeded resume changes nothing.
  await resumeExporting(management('Zeebe', config.zeebe, http, secrets));
  const exporting = await proveResumed(await configuredExporting(config, context), context);
  try {
    return { exporting, copy: await ledger.setLockAside(cluster, lock, nowIso(context)) };
  } catch (error) {
    throw isBackupError(error, ...ledgerTrouble) ? unwritten(exporting, error) : error;
  }
}
